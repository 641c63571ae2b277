#include "bench/queries/kernel_records.h"

#include <simdjson.h>

#include <cstring>

namespace millrace::bench {

bool Shape::learn(std::string_view record, Key first, Key last) {
  learned = false;
  uint8_t low[sizeof Window::low], span[sizeof Window::span];
  memset(low, 0, sizeof low);
  memset(span, 255, sizeof span);
  size_t p = 0, from = 0;
  const auto literal = [&](std::string_view text) {
    if (record.substr(p, text.size()) != text || p + text.size() > sizeof low) return false;
    for (const char c : text) {
      low[p] = static_cast<uint8_t>(c);
      span[p++] = 0;
    }
    return true;
  };
  for (const Key key : {kArrival, kCreation, kDevice, kIndex, kModel, kUser, kGt}) {
    if (key == first) from = p;
    if (!literal((key == kArrival ? "{\"" : ", \"") + std::string(kKeys[key]) + "\": ")) return false;
    const bool is_text = key == kDevice || key >= kModel;
    if (is_text && !literal("\"")) return false;
    at[key] = static_cast<uint32_t>(p);
    if (key == kGt) break;
    const size_t end = is_text ? record.find('"', p) : record.find_first_not_of("0123456789", p);
    if (end == std::string_view::npos || end == p || end > sizeof low) return false;
    size[key] = static_cast<uint32_t>(end - p);
    if (!is_text && (size[key] > 19 || (record[p] == '0' && size[key] > 1))) return false;
    for (const size_t begin = p; p < end; ++p) {
      const bool is_leading = p == begin && size[key] > 1;
      low[p] = static_cast<uint8_t>(is_text ? '#' : is_leading ? '1' : '0');  // of a string anything that ends nothing: what comes after the quote
      span[p] = static_cast<uint8_t>(is_text ? '~' - '#' : is_leading ? 8 : 9);
    }
    if (is_text && !literal("\"")) return false;
    if (key == last) break;
  }
  window.from = static_cast<uint32_t>(from);
  window.blocks = static_cast<uint32_t>((p - from + 63) / 64);
  if (window.blocks > Window::kBlocksMax) return false;
  memset(window.low, 0, sizeof window.low);
  memset(window.span, 255, sizeof window.span);
  memcpy(window.low, low + from, p - from);
  memcpy(window.span, span + from, p - from);
  return learned = true;
}

bool read_slowly(std::string_view line, SlowRecord* record) {
  static simdjson::ondemand::parser parser;
  static simdjson::padded_string padded;
  padded = simdjson::padded_string(line);
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser.iterate(padded).get(document) || document.get_object().get(object)) return false;
  for (auto field : object) {
    std::string_view name;
    simdjson::ondemand::value value;
    if (field.unescaped_key().get(name) || field.value().get(value)) return false;
    const auto found = std::find(kKeys.begin(), kKeys.end(), name);
    if (found == kKeys.end()) continue;
    const auto key = static_cast<Key>(found - kKeys.begin());
    std::string_view text;
    if (key >= kX) record->has[key] = value.get_double().get(record->number[key]) == simdjson::SUCCESS;
    else if (key <= kCreation || key == kIndex) record->has[key] = value.get_int64().get(record->integer[key]) == simdjson::SUCCESS;
    else record->has[key] = value.get_string().get(text) == simdjson::SUCCESS;
    record->text[key] = text;
  }
  return true;
}

}  // namespace millrace::bench
