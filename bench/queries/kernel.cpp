// q1 to q7 as an expert would write them who knows the schema, the usual width of its values and the machine (AVX-512): no parser at all, but the bytes that
// are expected, compared where they should be. What Millrace's generated loops are measured against. Checks of the input are Millrace's: lines
// are whole flat objects of ASCII, strings are closed, numbers are numbers; other lines are read by simdjson.
//
//   kernel QUERY DATA.ndjson [USERS.csv]      prints the answer as JSON lines

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bench/queries/kernel_records.h"
#include "runtime/hot/number_parse.h"

namespace millrace::bench {

namespace {

// ---- tokens -------------------------------------------------------------------------------------------------

/// A string of at most 32 bytes up to its quote; size -1: longer.
inline int text_size(const char* p) {
  const uint32_t quotes = _mm256_cmpeq_epi8_mask(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), _mm256_set1_epi8('"'));
  return quotes == 0 ? -1 : static_cast<int>(_tzcnt_u32(quotes));
}

struct Number {
  const char* first;  ///< behind the sign
  int fraction;       ///< digits; there is one digit before the dot
  bool negative;
  const char* end() const { return first + 2 + fraction; }
};

/// One digit, a dot, some digits, as nearly all coordinates are written.
inline bool find_number(const char* p, Number* number) {
  const uint32_t digits = _mm256_cmplt_epu8_mask(_mm256_sub_epi8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), _mm256_set1_epi8('0')), _mm256_set1_epi8(10));
  number->negative = *p == '-';
  number->first = p + number->negative;
  const uint32_t others = ~digits >> number->negative;
  number->fraction = static_cast<int>(_tzcnt_u32(_blsr_u32(others))) - 2;
  return (others & 7) == 2 && number->first[1] == '.' && number->fraction <= 18 + (*number->first == '0');
}

inline double value_of(const Number& number) { return abi::plain_number_value(number.first, 1, number.fraction, number.negative); }

inline bool stands_at(const char* p, const char (&text)[8]) {
  uint64_t there, wanted;
  memcpy(&there, p, 8);
  memcpy(&wanted, text, 8);
  return ((there ^ wanted) << 8) == 0;  // seven bytes
}

/// gt's end and the three numbers behind it, to the record's end.
struct Coordinates {
  Number x, y, z;
};
inline bool find_coordinates(const char* gt_end, Coordinates* found) {
  return gt_end[0] == '"' && stands_at(gt_end + 1, ", \"x\": ") && find_number(gt_end + 8, &found->x) && stands_at(found->x.end(), ", \"y\": ") &&
         find_number(found->x.end() + 7, &found->y) && stands_at(found->y.end(), ", \"z\": ") && find_number(found->y.end() + 7, &found->z) &&
         *found->z.end() == '}';
}

// ---- state --------------------------------------------------------------------------------------------------

/// A string of up to 32 bytes in four words.
struct ShortText {
  __m256i bytes;
  static ShortText of(const char* p, int size) {
    return {_mm256_maskz_loadu_epi8(static_cast<__mmask32>(_bzhi_u32(~0u, static_cast<uint32_t>(size))), p)};
  }
  bool operator==(const ShortText& other) const { return _mm256_cmpneq_epi64_mask(bytes, other.bytes) == 0; }
  uint64_t hash() const {
    return _mm_crc32_u64(static_cast<uint64_t>(_mm256_extract_epi64(bytes, 0)), static_cast<uint64_t>(_mm256_extract_epi64(bytes, 1)));
  }
  std::string text() const {
    char room[33] = {};
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(room), bytes);
    return room;
  }
};

/// Few groups by a short string or two: open addressing; longer strings are somebody else's.
template <class Key, class State, size_t kSlots = 1024>
class ShortGroups {
 public:
  State& at(const Key& key) {
    for (size_t slot = key.hash() % kSlots;; slot = (slot + 1) % kSlots) {
      Entry& entry = entries_[slot];
      if (__builtin_expect(entry.used && entry.key == key, 1)) return entry.state;
      if (!entry.used) return insert(&entry, key);
    }
  }
  State* find(const Key& key) {
    for (size_t slot = key.hash() % kSlots;; slot = (slot + 1) % kSlots) {
      Entry& entry = entries_[slot];
      if (__builtin_expect(entry.used && entry.key == key, 1)) return &entry.state;
      if (!entry.used) return nullptr;
    }
  }
  template <class F>
  void each(F f) const {
    for (const Entry& entry : entries_) {
      if (entry.used) f(entry.key, entry.state);
    }
  }

 private:
  struct Entry {
    Key key;
    State state;
    bool used;
  };
  __attribute__((noinline)) State& insert(Entry* entry, const Key& key) {
    if (++used_ * 2 > kSlots) {
      fprintf(stderr, "kernel: more groups than expected\n");
      exit(1);
    }
    *entry = {key, State{}, true};
    return entry->state;
  }
  std::vector<Entry> entries_ = std::vector<Entry>(kSlots, Entry{});
  size_t used_ = 0;
};

ShortText short_text(const std::string& text) {
  if (text.size() > 31) {
    fprintf(stderr, "kernel: a longer string than expected\n");
    exit(1);
  }
  char room[32] = {};
  memcpy(room, text.data(), text.size());
  return ShortText::of(room, static_cast<int>(text.size()));
}

struct TextPair {
  ShortText first, second;
  bool operator==(const TextPair& other) const { return first == other.first && second == other.second; }
  uint64_t hash() const { return first.hash() ^ second.hash() * 5; }
};

bool is_complete(const SlowRecord& record) { return std::all_of(record.has, record.has + kKeys.size(), [](bool has) { return has; }); }

/// All that stands behind an activity's first byte, its size too.
inline bool find_rest(const char* gt, int* size, Coordinates* found) {
  *size = text_size(gt);
  return *size >= 0 && find_coordinates(gt + *size, found);
}

template <class Fast, class Slow>
void loop(const char* path, Key first, Key last, Fast fast, Slow slow) {
  RecordLoop<Fast, Slow>(first, last, fast, slow).run(path);
}

// ---- queries ------------------------------------------------------------------------------------------------

void count_by_activity(const char* path) {
  ShortGroups<ShortText, int64_t> groups;
  loop(path, kArrival, kGt,
       [&](const char* record, const Shape& shape) {
         const char* const gt = record + shape.at[kGt];
         int size = 0;
         Coordinates found;
         if (!find_rest(gt, &size, &found)) return false;
         ++groups.at(ShortText::of(gt, size));
         return true;
       },
       [&](const SlowRecord& record) {
         if (is_complete(record)) ++groups.at(short_text(record.text[kGt]));
       });
  groups.each([](const ShortText& gt, int64_t count) { printf("{\"gt\":\"%s\",\"n\":%lld}\n", gt.text().c_str(), static_cast<long long>(count)); });
}

struct Means {
  double sum[3] = {0, 0, 0};
  int64_t count = 0;
  void add(double x, double y, double z) {
    sum[0] += x;
    sum[1] += y;
    sum[2] += z;
    ++count;
  }
  void merge(const Means& other) {
    for (int i = 0; i < 3; ++i) sum[i] += other.sum[i];
    count += other.count;
  }
};

void print_means(const std::string& gt, const std::string& model, const Means& means) {
  const auto n = static_cast<double>(means.count);
  printf("{\"gt\":%s,\"Model\":%s,\"ax\":%.17g,\"ay\":%.17g,\"az\":%.17g}\n", gt.c_str(), model.c_str(), means.sum[0] / n, means.sum[1] / n, means.sum[2] / n);
}

void cube_of_averages(const char* path) {
  ShortGroups<TextPair, Means> groups;
  loop(path, kArrival, kGt,
       [&](const char* record, const Shape& shape) {
         const char* const gt = record + shape.at[kGt];
         int size = 0;
         Coordinates found;
         if (!find_rest(gt, &size, &found)) return false;
         const TextPair key{ShortText::of(gt, size), ShortText::of(record + shape.at[kModel], static_cast<int>(shape.size[kModel]))};
         groups.at(key).add(value_of(found.x), value_of(found.y), value_of(found.z));
         return true;
       },
       [&](const SlowRecord& record) {
         if (!is_complete(record)) return;
         groups.at({short_text(record.text[kGt]), short_text(record.text[kModel])}).add(record.number[kX], record.number[kY], record.number[kZ]);
       });
  std::map<std::string, Means> by_gt, by_model;
  Means total;
  groups.each([&](const TextPair& key, const Means& means) {
    const std::string gt = '"' + key.first.text() + '"', model = '"' + key.second.text() + '"';
    print_means(gt, model, means);
    by_gt[gt].merge(means);
    by_model[model].merge(means);
    total.merge(means);
  });
  for (const auto& [gt, means] : by_gt) print_means(gt, "null", means);
  for (const auto& [model, means] : by_model) print_means("null", model, means);
  print_means("null", "null", total);
}

/// Counts by five-second pane; times ascend but for a second of jitter, so the last pane found is nearly always right.
std::map<int64_t, int64_t> count_panes(const char* path) {
  constexpr int64_t kPaneUs = 5'000'000;
  std::map<int64_t, int64_t> counts;
  int64_t pane_begin = 0, *count = nullptr;
  const auto add = [&](int64_t creation_ns) {
    const auto time_us = static_cast<int64_t>(static_cast<double>(creation_ns) / 1e9 * 1e6);
    if (__builtin_expect(count == nullptr || static_cast<uint64_t>(time_us - pane_begin) >= kPaneUs, 0)) {
      pane_begin = time_us / kPaneUs * kPaneUs;
      count = &counts[pane_begin / kPaneUs];
    }
    ++*count;
  };
  loop(path, kCreation, kCreation,
       [&](const char* record, const Shape& shape) {
         const char* const digits = record + shape.at[kCreation];
         const auto size = static_cast<int>(shape.size[kCreation]);
         if (digits[size] != ',') return false;
         add(static_cast<int64_t>(abi::digits_value(digits, size)));
         return true;
       },
       [&](const SlowRecord& record) {
         if (record.has[kCreation]) add(record.integer[kCreation]);
       });
  return counts;
}

void print_window(int64_t pane, int64_t count) { printf("{\"start\":%lld,\"n\":%lld}\n", static_cast<long long>(pane * 5), static_cast<long long>(count)); }

void tumbling_windows(const char* path) {
  for (const auto& [pane, count] : count_panes(path)) print_window(pane, count);
}

void sliding_windows(const char* path) {
  std::map<int64_t, int64_t> windows;
  for (const auto& [pane, count] : count_panes(path)) {
    windows[pane] += count;
    windows[pane - 1] += count;
  }
  for (const auto& [pane, count] : windows) print_window(pane, count);
}

void count_by_user(const char* path, const char* users_path) {
  ShortGroups<ShortText, int64_t> counts;
  std::vector<std::pair<std::string, std::string>> users;
  std::ifstream file(users_path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const size_t first = line.find(';'), second = line.find(';', first + 1), third = line.find(';', second + 1);
    users.emplace_back(line.substr(0, first), "\"FirstName\":\"" + line.substr(first + 1, second - first - 1) + "\",\"LastName\":\"" +
                                                  line.substr(second + 1, third - second - 1) + "\"");
    counts.at(short_text(users.back().first)) = 0;
  }
  const auto count = [&](const ShortText& user) {
    if (int64_t* found = counts.find(user)) ++*found;
  };
  loop(path, kUser, kUser,
       [&](const char* record, const Shape& shape) {
         count(ShortText::of(record + shape.at[kUser], static_cast<int>(shape.size[kUser])));
         return true;
       },
       [&](const SlowRecord& record) {
         if (record.has[kUser] && record.text[kUser].size() < 32) count(short_text(record.text[kUser]));
       });
  for (const auto& [user, names] : users) {
    const int64_t n = counts.at(short_text(user));
    if (n > 0) printf("{\"User\":\"%s\",%s,\"n\":%lld}\n", user.c_str(), names.c_str(), static_cast<long long>(n));
  }
}

class JsonOut {
 public:
  ~JsonOut() { fwrite(room_.data(), 1, size_, stdout); }
  void begin_row() {
    if (size_ + 4096 > room_.size()) {
      fwrite(room_.data(), 1, size_, stdout);
      size_ = 0;
    }
  }
  void put(std::string_view text) {
    memcpy(room_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }
  /// At most 32 bytes.
  void put_short(const char* text, uint32_t size) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(room_.data() + size_), _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text)));
    size_ += size;
  }

 private:
  std::vector<char> room_ = std::vector<char>(256 << 10);
  size_t size_ = 0;
};

/// `stairs` in the up to 32 bytes at p.
inline bool has_stairs(const char* p, int size) {
  const auto equal = [p](int at, char c) { return _mm256_cmpeq_epi8_mask(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + at)), _mm256_set1_epi8(c)); };
  const uint32_t found = equal(0, 's') & equal(1, 't') & equal(2, 'a') & equal(3, 'i') & equal(4, 'r') & equal(5, 's');
  return size >= 6 && _bzhi_u32(found, static_cast<uint32_t>(size - 5)) != 0;
}

void stairs_rows(const char* path) {
  JsonOut out;
  loop(path, kArrival, kGt,
       [&](const char* record, const Shape& shape) {
         const char* const gt = record + shape.at[kGt];
         const int size = text_size(gt);
         if (size < 0) return false;
         if (!has_stairs(gt, size)) return true;
         out.begin_row();
         out.put("{\"gt\":\"");
         out.put_short(gt, static_cast<uint32_t>(size));
         out.put("\",\"Model\":\"");
         out.put({record + shape.at[kModel], shape.size[kModel]});
         out.put("\",\"Arrival_Time\":");
         out.put_short(record + shape.at[kArrival], shape.size[kArrival]);
         out.put(",\"Creation_Time\":");
         out.put_short(record + shape.at[kCreation], shape.size[kCreation]);
         out.put("}\n");
         return true;
       },
       [&](const SlowRecord& record) {
         for (const Key key : {kGt, kModel, kArrival, kCreation}) {
           if (!record.has[key]) return;
         }
         if (record.text[kGt].find("stairs") == std::string::npos) return;
         out.begin_row();
         out.put("{\"gt\":\"" + record.text[kGt] + "\",\"Model\":\"" + record.text[kModel] + "\",\"Arrival_Time\":" + std::to_string(record.integer[kArrival]) +
                 ",\"Creation_Time\":" + std::to_string(record.integer[kCreation]) + "}\n");
       });
}

void walking_sum(const char* path) {
  double sum = 0;
  loop(path, kGt, kGt,
       [&](const char* record, const Shape& shape) {
         const char* const gt = record + shape.at[kGt];
         if (memcmp(gt, "walk\"", 5) != 0) return text_size(gt) >= 0;
         Coordinates found;
         if (!find_coordinates(gt + 4, &found)) return false;
         const double x = value_of(found.x);
         if (x > 0.9) sum += x * value_of(found.y) + value_of(found.z);
         return true;
       },
       [&](const SlowRecord& record) {
         if (!record.has[kX] || !record.has[kY] || !record.has[kZ] || record.text[kGt] != "walk" || !(record.number[kX] > 0.9)) return;
         sum += record.number[kX] * record.number[kY] + record.number[kZ];
       });
  printf("{\"s\":%.17g}\n", sum);
}

}  // namespace

}  // namespace millrace::bench

int main(int argc, char** argv) {
  using namespace millrace::bench;
  if (argc < 3) {
    fprintf(stderr, "usage: kernel QUERY DATA [USERS]\n");
    return 2;
  }
  const std::string_view query = argv[1];
  const char* path = argv[2];
  if (query == "q1") count_by_activity(path);
  else if (query == "q2") cube_of_averages(path);
  else if (query == "q3") tumbling_windows(path);
  else if (query == "q4") sliding_windows(path);
  else if (query == "q5" && argc > 3) count_by_user(path, argv[3]);
  else if (query == "q6") stairs_rows(path);
  else if (query == "q7") walking_sum(path);
  else {
    fprintf(stderr, "kernel: there are q1 to q7; q5 needs the users\n");
    return 2;
  }
  return 0;
}
