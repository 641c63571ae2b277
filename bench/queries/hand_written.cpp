// The bench queries as a C++ programmer would write them by hand for speed with simdjson's On-Demand parser: one
// pass, no SQL, the schema known, reading the file with read() into a reused buffer. What Millrace is measured against.
//
//   hand_written QUERY DATA.ndjson [USERS.csv [any-order]]      prints the answer as JSON lines
//   hand_written make wide|keys1m|keys10m|ads|campaigns ROWS      prints records

#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bench/queries/made_records.h"

namespace {

namespace ondemand = simdjson::ondemand;

[[noreturn]] void fail(const char* what) {
  fprintf(stderr, "hand_written: %s\n", what);
  exit(1);
}

// ---- reading ------------------------------------------------------------------------------------------------

/// Calls `on_record(object)` for each line. Chunks of 1 MB are the best size on the machines tried; the parser runs over a
/// chunk's whole lines at once, which spares it a start per line.
template <typename OnRecord>
void for_each_record(const char* path, OnRecord on_record) {
  constexpr size_t kChunk = 1 << 20;
  const int fd = open(path, O_RDONLY);
  if (fd < 0) fail("cannot open the data");
  std::vector<char> buffer(2 * kChunk + simdjson::SIMDJSON_PADDING);
  ondemand::parser parser;
  size_t held = 0;
  for (;;) {
    const ssize_t got = read(fd, buffer.data() + held, kChunk);
    if (got < 0) fail("cannot read the data");
    held += static_cast<size_t>(got);
    size_t whole = held;
    if (got > 0) {
      while (whole > 0 && buffer[whole - 1] != '\n') --whole;
      if (whole == 0) continue;
    }
    if (whole > 0) {
      ondemand::document_stream records;
      if (parser.iterate_many(buffer.data(), whole, whole + 64).get(records)) fail("malformed data");
      for (auto document : records) {
        ondemand::object object;
        if (document.get_object().get(object)) fail("a line is no object");
        on_record(object);
      }
    }
    if (got == 0) break;
    memmove(buffer.data(), buffer.data() + whole, held - whole);
    held -= whole;
  }
  close(fd);
}

/// Whether keys may come in any order; looking for them in one order is faster.
bool any_order = false;

auto find(ondemand::object& record, std::string_view key) {
  return any_order ? record.find_field_unordered(key) : record.find_field(key);
}

/// A string's raw token up to its closing quote; without its escapes, which are those of ASCII characters here, where it has some.
std::string_view quoted(std::string_view raw, std::string& room) {
  raw = raw.substr(0, raw.rfind('"') + 1);
  if (memchr(raw.data(), '\\', raw.size()) == nullptr) return raw;
  room.clear();
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\\' && raw[i + 1] == 'u') {
      room += static_cast<char>(strtol(std::string(raw.substr(i + 2, 4)).c_str(), nullptr, 16));
      i += 5;
    } else {
      room += raw[i] == '\\' ? raw[++i] : raw[i];
    }
  }
  return room;
}

// ---- small states -------------------------------------------------------------------------------------------

/// Groups by a short string. Few groups: a linear search over raw tokens, the last hit first, beats any hashing.
template <typename State>
class RawGroups {
 public:
  /// `raw` is a token as it stands in the line, quotes and trailing blanks included.
  State& at(std::string_view raw) {
    for (auto& [key, state] : groups_) {
      if (raw.size() >= key.size() && memcmp(raw.data(), key.data(), key.size()) == 0) return state;
    }
    std::string room;
    const std::string_view key = quoted(raw, room);
    if (key.data() == room.data()) return at(key);
    return groups_.emplace_back(std::string(key), State{}).second;
  }
  /// Keys keep their quotes: ready to be printed as JSON.
  const std::vector<std::pair<std::string, State>>& all() const { return groups_; }

 private:
  std::vector<std::pair<std::string, State>> groups_;
};

struct Means {
  double sum[3] = {0, 0, 0};
  int64_t count = 0;
  void merge(const Means& other) {
    for (int i = 0; i < 3; ++i) sum[i] += other.sum[i];
    count += other.count;
  }
};

// ---- queries ------------------------------------------------------------------------------------------------

/// Q1: rows of each activity, rows with a NULL anywhere left out.
void count_by_activity(const char* path) {
  RawGroups<int64_t> groups;
  for_each_record(path, [&](ondemand::object& record) {
    std::string_view gt;
    for (auto field : record) {
      ondemand::value value = field.value().value_unsafe();
      if (value.is_null()) return;
      if (field.key().value_unsafe().raw()[0] == 'g') gt = value.raw_json_token();
    }
    ++groups.at(gt);
  });
  for (const auto& [gt, count] : groups.all()) printf("{\"gt\":%s,\"n\":%lld}\n", gt.c_str(), static_cast<long long>(count));
}

void print_means(const char* gt, const char* model, const Means& means) {
  const auto n = static_cast<double>(means.count);
  printf("{\"gt\":%s,\"Model\":%s,\"ax\":%.17g,\"ay\":%.17g,\"az\":%.17g}\n", gt, model, means.sum[0] / n, means.sum[1] / n,
         means.sum[2] / n);
}

/// Q2: averages by CUBE(gt, Model): the finest groups are kept and rolled up at the end.
void cube_of_averages(const char* path) {
  RawGroups<RawGroups<Means>> groups;
  for_each_record(path, [&](ondemand::object& record) {
    std::string_view gt, model;
    double xyz[3] = {0, 0, 0};
    for (auto field : record) {
      ondemand::value value = field.value().value_unsafe();
      const char key = field.key().value_unsafe().raw()[0];
      if (key >= 'x') {
        if (value.get_double().get(xyz[key - 'x'])) return;
        continue;
      }
      if (value.is_null()) return;
      if (key == 'g') gt = value.raw_json_token();
      else if (key == 'M') model = value.raw_json_token();
    }
    Means& means = groups.at(gt).at(model);
    for (int i = 0; i < 3; ++i) means.sum[i] += xyz[i];
    ++means.count;
  });
  Means total;
  std::map<std::string, Means> by_model;
  for (const auto& [gt, models] : groups.all()) {
    Means by_activity;
    for (const auto& [model, means] : models.all()) {
      print_means(gt.c_str(), model.c_str(), means);
      by_activity.merge(means);
      by_model[model].merge(means);
      total.merge(means);
    }
    print_means(gt.c_str(), "null", by_activity);
  }
  for (const auto& [model, means] : by_model) print_means("null", model.c_str(), means);
  print_means("null", "null", total);
}

/// The window arithmetic of the SQL text: nanoseconds to a double of seconds, to microseconds.
int64_t event_time_us(int64_t creation_ns) {
  return static_cast<int64_t>(static_cast<double>(creation_ns) / 1e9 * 1e6);
}

/// Counts by five-second pane; times ascend but for a second of jitter, so the last pane found is nearly always right.
class Panes {
 public:
  static constexpr int64_t kPaneUs = 5'000'000;

  void add(int64_t time_us) {
    const int64_t pane = time_us / kPaneUs;
    if (pane != last_) {
      last_ = pane;
      slot_ = &counts_[pane];
    }
    ++*slot_;
  }
  const std::map<int64_t, int64_t>& counts() const { return counts_; }

 private:
  std::map<int64_t, int64_t> counts_;
  int64_t last_ = INT64_MIN;
  int64_t* slot_ = nullptr;
};

Panes count_panes(const char* path) {
  Panes panes;
  for_each_record(path, [&](ondemand::object& record) {
    int64_t creation = 0;
    if (find(record, "Creation_Time").get_int64().get(creation) == simdjson::SUCCESS) panes.add(event_time_us(creation));
  });
  return panes;
}

void print_window(int64_t pane, int64_t count) {
  printf("{\"start\":%lld,\"n\":%lld}\n", static_cast<long long>(pane * 5), static_cast<long long>(count));
}

/// Q3: tumbling windows of five seconds of event time.
void tumbling_windows(const char* path) {
  const Panes panes = count_panes(path);
  for (const auto& [pane, count] : panes.counts()) print_window(pane, count);
}

/// Q4: windows of ten seconds every five: two neighbouring panes each.
void sliding_windows(const char* path) {
  const Panes panes = count_panes(path);
  std::map<int64_t, int64_t> windows;
  for (const auto& [pane, count] : panes.counts()) {
    windows[pane] += count;
    windows[pane - 1] += count;
  }
  for (const auto& [pane, count] : windows) print_window(pane, count);
}

/// Q5: the stream joined with users.csv, counted by user and names. A user is any string: the join is a hash table, whose entry holds the
/// count, so that grouping costs nothing more.
void count_by_user(const char* path, const char* users_path) {
  struct User { std::string quoted, names; int64_t count = 0; };
  std::vector<User> users;
  std::ifstream file(users_path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const size_t first = line.find(';');
    const size_t second = line.find(';', first + 1);
    const size_t third = line.find(';', second + 1);
    users.push_back({'"' + line.substr(0, first) + '"', "\"FirstName\":\"" + line.substr(first + 1, second - first - 1) +
                                                          "\",\"LastName\":\"" + line.substr(second + 1, third - second - 1) + "\""});
  }
  std::string room;
  std::unordered_map<std::string_view, User*> by_user;
  for (User& user : users) by_user.emplace(user.quoted, &user);
  for_each_record(path, [&](ondemand::object& record) {
    ondemand::value value;
    if (find(record, "User").get(value) != simdjson::SUCCESS || value.is_null()) return;
    const auto found = by_user.find(quoted(value.raw_json_token(), room));
    if (found != by_user.end()) ++found->second->count;
  });
  for (const User& user : users) {
    if (user.count > 0) printf("{\"User\":%s,%s,\"n\":%lld}\n", user.quoted.c_str(), user.names.c_str(), static_cast<long long>(user.count));
  }
}

/// Q6: who is on the stairs: four columns, written again as JSON.
void stairs_rows(const char* path) {
  std::vector<char> out(1 << 20);
  size_t size = 0;
  std::string model_room, gt_room;
  const auto put = [&](std::string_view text) {
    memcpy(out.data() + size, text.data(), text.size());
    size += text.size();
  };
  const auto put_number = [&](int64_t number) {
    size = static_cast<size_t>(std::to_chars(out.data() + size, out.data() + size + 24, number).ptr - out.data());
  };
  for_each_record(path, [&](ondemand::object& record) {
    int64_t arrival = 0, creation = 0;
    ondemand::value value;
    if (find(record, "Arrival_Time").get_int64().get(arrival) || find(record, "Creation_Time").get_int64().get(creation)) return;
    if (find(record, "Model").get(value) || value.is_null()) return;
    const std::string_view model = quoted(value.raw_json_token(), model_room);
    if (find(record, "gt").get(value) || value.is_null()) return;
    const std::string_view gt = quoted(value.raw_json_token(), gt_room);
    if (gt.find("stairs") == std::string_view::npos) return;
    if (size + 256 + gt.size() + model.size() > out.size()) {
      fwrite(out.data(), 1, size, stdout);
      size = 0;
    }
    put("{\"gt\":");
    put(gt);
    put(",\"Model\":");
    put(model);
    put(",\"Arrival_Time\":");
    put_number(arrival);
    put(",\"Creation_Time\":");
    put_number(creation);
    put("}\n");
  });
  fwrite(out.data(), 1, size, stdout);
}

/// Q7: arithmetic over the rows that two comparisons leave.
void walking_sum(const char* path) {
  double sum = 0;
  std::string room;
  for_each_record(path, [&](ondemand::object& record) {
    ondemand::value gt;
    double x = 0, y = 0, z = 0;
    if (find(record, "gt").get(gt) || quoted(gt.raw_json_token(), room) != "\"walk\"") return;
    if (find(record, "x").get_double().get(x) || !(x > 0.9)) return;
    if (find(record, "y").get_double().get(y) || find(record, "z").get_double().get(z)) return;
    sum += x * y + z;
  });
  printf("{\"s\":%.17g}\n", sum);
}

/// N2: Nexmark's selection.
void selected_bids(const char* path) {
  for_each_record(path, [&](ondemand::object& record) {
    int64_t auction = 0, price = 0;
    if (find(record, "auction").get_int64().get(auction) || auction % 123 != 0) return;
    if (find(record, "price").get_int64().get(price)) return;
    printf("{\"auction\":%lld,\"price\":%lld}\n", static_cast<long long>(auction), static_cast<long long>(price));
  });
}

int64_t digits(const char* p, int count) {
  int64_t value = 0;
  for (int i = 0; i < count; ++i) value = value * 10 + (p[i] - '0');
  return value;
}

/// Seconds since 2020-01-01 of `yyyy-MM-dd HH:mm:ss…` within a month: the records are of one.
int64_t second_of_month(const char* p) { return ((digits(p + 8, 2) * 24 + digits(p + 11, 2)) * 60 + digits(p + 14, 2)) * 60 + digits(p + 17, 2); }

/// N5: bids by auction in windows of ten seconds every two, of which five panes are added up.
void hot_items(const char* path) {
  constexpr int64_t kPane = 2;
  constexpr int64_t kPanes = 5;
  std::map<int64_t, std::unordered_map<int64_t, int64_t>> panes;
  int64_t last = INT64_MIN;
  std::unordered_map<int64_t, int64_t>* counts = nullptr;
  for_each_record(path, [&](ondemand::object& record) {
    int64_t auction = 0;
    if (find(record, "auction").get_int64().get(auction)) return;
    ondemand::value time;
    if (find(record, "dateTime").get(time)) return;
    const int64_t pane = second_of_month(time.raw_json_token().data() + 1) / kPane;
    if (pane != last) {
      last = pane;
      counts = &panes[pane];
    }
    ++(*counts)[auction];
  });
  std::map<int64_t, std::unordered_map<int64_t, int64_t>> windows;
  for (const auto& [pane, of_pane] : panes) {
    for (int64_t back = 0; back < kPanes; ++back) {
      for (const auto& [auction, count] : of_pane) windows[pane - back][auction] += count;
    }
  }
  int64_t most = 0, rows = 0, bids = 0;
  for (const auto& [start, of_window] : windows) {
    for (const auto& [auction, count] : of_window) {
      ++rows;
      bids += count;
      most = std::max(most, count);
    }
  }
  printf("{\"rows\":%lld,\"bids\":%lld,\"most\":%lld}\n", static_cast<long long>(rows), static_cast<long long>(bids), static_cast<long long>(most));
}

/// W1: two of a hundred fields.
void wide_records(const char* path) {
  int64_t rows = 0, sum = 0;
  for_each_record(path, [&](ondemand::object& record) {
    int64_t filter = 0, value = 0;
    if (find(record, "f07").get_int64().get(filter) || filter >= 500) return;
    if (find(record, "f73").get_int64().get(value)) return;
    ++rows;
    sum += value;
  });
  printf("{\"n\":%lld,\"s\":%lld}\n", static_cast<long long>(rows), static_cast<long long>(sum));
}

/// K1, K10: count and sum by many keys; open addressing over a table that doubles.
void many_groups(const char* path) {
  struct Group { int64_t key = INT64_MIN, count = 0, sum = 0; };
  std::vector<Group> table(1 << 10);
  size_t used = 0;
  const auto slot_of = [](std::vector<Group>& groups, int64_t key) -> Group& {
    const size_t mask = groups.size() - 1;
    size_t at = (static_cast<uint64_t>(key) * 0x9e3779b97f4a7c15u >> 20) & mask;
    while (groups[at].key != key && groups[at].key != INT64_MIN) at = (at + 1) & mask;
    return groups[at];
  };
  for_each_record(path, [&](ondemand::object& record) {
    int64_t key = 0, value = 0;
    if (find(record, "k").get_int64().get(key) || find(record, "v").get_int64().get(value)) return;
    Group* group = &slot_of(table, key);
    if (group->key == INT64_MIN) {
      if (++used * 2 > table.size()) {
        std::vector<Group> larger(table.size() * 2);
        for (const Group& old : table) {
          if (old.key != INT64_MIN) slot_of(larger, old.key) = old;
        }
        table.swap(larger);
        group = &slot_of(table, key);
      }
      group->key = key;
    }
    ++group->count;
    group->sum += value;
  });
  int64_t most = 0, sum = 0;
  for (const Group& group : table) {
    most = std::max(most, group.count);
    sum += group.sum;
  }
  printf("{\"groups\":%lld,\"most\":%lld,\"s\":%lld}\n", static_cast<long long>(used), static_cast<long long>(most), static_cast<long long>(sum));
}

/// Y1: advertisements that were seen, by campaign in windows of ten seconds. Times ascend, so that the last window is nearly always right.
void seen_by_campaign(const char* path, const char* campaigns_path) {
  std::vector<std::string> campaigns;
  std::unordered_map<std::string, size_t> campaign_of_ad;
  std::ifstream file(campaigns_path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const size_t comma = line.find(',');
    const std::string campaign = line.substr(comma + 1);
    if (campaigns.empty() || campaigns.back() != campaign) campaigns.push_back(campaign);
    campaign_of_ad.emplace('"' + line.substr(0, comma) + '"', campaigns.size() - 1);
  }
  std::map<int64_t, std::vector<int64_t>> windows;
  int64_t last = INT64_MIN;
  std::vector<int64_t>* counts = nullptr;
  std::string ad;
  for_each_record(path, [&](ondemand::object& record) {
    ondemand::value value;
    if (find(record, "ad_id").get(value)) return;
    const std::string_view raw = value.raw_json_token();
    if (find(record, "event_type").get(value) || !value.raw_json_token().starts_with("\"view\"")) return;
    int64_t time = 0;
    if (find(record, "event_time").get_int64_in_string().get(time)) return;
    ad.assign(raw.substr(0, raw.rfind('"') + 1));
    const auto campaign = campaign_of_ad.find(ad);
    if (campaign == campaign_of_ad.end()) return;
    if (time / 10'000 != last) {
      last = time / 10'000;
      counts = &windows.try_emplace(last, campaigns.size()).first->second;
    }
    ++(*counts)[campaign->second];
  });
  for (const auto& [window, of_window] : windows) {
    for (size_t i = 0; i < campaigns.size(); ++i) {
      if (of_window[i] == 0) continue;
      printf("{\"campaign_id\":\"%s\",\"start\":%lld,\"n\":%lld}\n", campaigns[i].c_str(), static_cast<long long>(window * 10),
             static_cast<long long>(of_window[i]));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) fail("usage: hand_written QUERY DATA [USERS]");
  if (std::string_view(argv[1]) == "make" && argc > 3) {
    millrace::bench::make_records(argv[2], atoll(argv[3]));
    return 0;
  }
  const std::string_view query = argv[1];
  const char* path = argv[2];
  any_order = argc > 4 && std::string_view(argv[4]) == "any-order";
  if (query == "q1") count_by_activity(path);
  else if (query == "q2") cube_of_averages(path);
  else if (query == "q3") tumbling_windows(path);
  else if (query == "q4") sliding_windows(path);
  else if (query == "q5" && argc > 3) count_by_user(path, argv[3]);
  else if (query == "q6") stairs_rows(path);
  else if (query == "q7") walking_sum(path);
  else if (query == "n2") selected_bids(path);
  else if (query == "n5") hot_items(path);
  else if (query == "w1") wide_records(path);
  else if (query == "k1" || query == "k10") many_groups(path);
  else if (query == "y1" && argc > 3) seen_by_campaign(path, argv[3]);
  else fail("there are q1 to q7, n2, n5, w1, k1, k10 and y1; q5 needs the users, y1 the campaigns");
  return 0;
}
