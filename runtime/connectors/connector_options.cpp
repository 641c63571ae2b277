#include "runtime/connectors/connector_options.h"

#include <charconv>
#include <string>

#include "runtime/base/duration.h"

namespace millrace {

std::string_view text_option(const abi::Options& options, std::string_view name, std::string_view otherwise) {
  auto found = options.find(std::string(name));
  return found == options.end() || found->second.empty() ? otherwise : std::string_view(found->second);
}

std::optional<int64_t> optional_integer(const abi::Options& options, std::string_view name) {
  std::string_view text = text_option(options, name);
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int64_t integer_option(const abi::Options& options, std::string_view name, int64_t otherwise) {
  return optional_integer(options, name).value_or(otherwise);
}

double number_option(const abi::Options& options, std::string_view name, double otherwise) {
  std::string_view text = text_option(options, name);
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return text.empty() || error != std::errc{} || end != text.data() + text.size() ? otherwise : value;
}

bool flag_option(const abi::Options& options, std::string_view name) {
  std::string_view text = text_option(options, name);
  return text.size() == 4 && (text[0] | 0x20) == 't';  // the compiler lets only true and false through
}

int64_t duration_option_us(const abi::Options& options, std::string_view name, int64_t otherwise_us) {
  return parse_duration_us(text_option(options, name)).value_or(otherwise_us);
}

}  // namespace millrace
