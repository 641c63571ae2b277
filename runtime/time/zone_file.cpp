#include <algorithm>

#include "runtime/time/zone_rules.h"

namespace millrace {

namespace {

constexpr size_t kHeaderSize = 44;

int64_t big_endian(std::string_view bytes, size_t at, size_t width) {
  uint64_t value = 0;
  for (size_t i = 0; i < width; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  const size_t unused = 64 - 8 * width;
  return static_cast<int64_t>(value << unused) >> unused;
}

/// The six counts of a TZif header and the sizes that follow from them.
struct Header {
  char version = 0;
  int64_t utc_flags = 0, standard_flags = 0, leaps = 0, times = 0, types = 0, chars = 0;

  size_t data_size(size_t time_size) const {
    return static_cast<size_t>(times) * (time_size + 1) + static_cast<size_t>(types) * 6 + static_cast<size_t>(chars) +
           static_cast<size_t>(leaps) * (time_size + 4) + static_cast<size_t>(standard_flags) + static_cast<size_t>(utc_flags);
  }
};

std::optional<Header> read_header(std::string_view bytes) {
  if (bytes.size() < kHeaderSize || bytes.substr(0, 4) != "TZif") return std::nullopt;
  const auto count = [&](size_t i) { return big_endian(bytes, 20 + 4 * i, 4); };
  const Header header{bytes[4], count(0), count(1), count(2), count(3), count(4), count(5)};
  constexpr int64_t kCountMax = 1 << 20;
  for (int64_t n : {header.utc_flags, header.standard_flags, header.leaps, header.times, header.types, header.chars}) {
    if (n < 0 || n > kCountMax) return std::nullopt;
  }
  return header;
}

}  // namespace

std::optional<abi::ZoneRules> parse_zone_file(std::string_view bytes) {
  std::optional<Header> header = read_header(bytes);
  if (!header || header->version < '2') return std::nullopt;
  // The first block has 32-bit times, for old readers; the second has 64-bit ones.
  const size_t skip = kHeaderSize + header->data_size(4);
  if (bytes.size() < skip) return std::nullopt;
  bytes.remove_prefix(skip);
  header = read_header(bytes);
  if (!header || header->types == 0 || bytes.size() < kHeaderSize + header->data_size(8)) return std::nullopt;

  const std::string_view data = bytes.substr(kHeaderSize);
  const auto times = static_cast<size_t>(header->times);
  const size_t type_table = times * 9;
  const auto offset_of_type = [&](size_t type) { return big_endian(data, type_table + type * 6, 4); };
  abi::ZoneRules rules;
  rules.first_offset_s = offset_of_type(0);
  const size_t name_table = type_table + static_cast<size_t>(header->types) * 6;
  rules.names = std::string(data.substr(name_table, static_cast<size_t>(header->chars))) + '\0';
  const auto name_of_type = [&](size_t type) {
    return std::min<size_t>(static_cast<unsigned char>(data[type_table + type * 6 + 5]), rules.names.size() - 1);
  };
  rules.first_name = name_of_type(0);
  for (size_t i = 0; i < times; ++i) {
    const auto type = static_cast<unsigned char>(data[times * 8 + i]);
    if (type >= header->types) return std::nullopt;
    rules.transitions.push_back({big_endian(data, i * 8, 8), offset_of_type(type), name_of_type(type)});
  }
  std::string_view footer = data.substr(header->data_size(8));
  if (footer.size() >= 2 && footer.front() == '\n') {
    footer.remove_prefix(1);
    rules.after = parse_posix_rule(footer.substr(0, footer.find('\n')));
  }
  return rules;
}

}  // namespace millrace

namespace millrace::abi {

bool ZoneRules::follows_rule(int64_t utc_s) const {
  return after && (transitions.empty() || utc_s >= transitions.back().at_s);
}

const ZoneRules::Transition* ZoneRules::transition_at(int64_t utc_s) const {
  if (transitions.empty() || utc_s < transitions.front().at_s) return nullptr;
  const auto next = std::upper_bound(transitions.begin(), transitions.end(), utc_s,
                                     [](int64_t at, const Transition& transition) { return at < transition.at_s; });
  return &*std::prev(next);
}

int64_t ZoneRules::offset_s(int64_t utc_s) const {
  if (follows_rule(utc_s)) return after->offset_s(utc_s);
  const Transition* const last = transition_at(utc_s);
  return last ? last->offset_s : first_offset_s;
}

std::string_view ZoneRules::name_at(int64_t utc_s) const {
  if (follows_rule(utc_s)) return after->is_summer(utc_s) ? after->summer_name : after->standard_name;
  const Transition* const last = transition_at(utc_s);
  return names.c_str() + (last ? last->name : first_name);
}

}  // namespace millrace::abi
