#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace millrace::abi {

enum class OptionKind : uint8_t { String, Integer, Number, Boolean, Duration, Character, Path };

/// An option that a connector or a format takes in WITH (…).
struct OptionSpec {
  std::string_view name;
  OptionKind kind = OptionKind::String;
  bool required = false;
  std::string_view default_value = {};
  std::string_view help = {};
  int64_t min = INT64_MIN;  ///< Integer: inclusive bounds; Number: it is more than `min`
  int64_t max = INT64_MAX;
  std::span<const std::string_view> choices = {};  ///< String: the legal values; empty for any
  std::span<const std::string_view> later_choices = {};  ///< of the language, but not built yet
  bool supported = true;    ///< false: in the language, but no other value than the default is built yet
  std::string_view with_option = {};  ///< it goes only with another option, which stands before it, that has the value `with_value`
  std::string_view with_value = {};   ///< empty: any
  std::string_view or_with = {};      ///< or with this one, whatever its value
};

/// A source or sink connector, or a format: what `WITH` is checked against. The registries hold these as constants.
struct ConnectorSpec {
  std::string_view name;
  std::string_view help = {};
  bool source = false;
  bool sink = false;
  bool bounded = false;  ///< a source that ends by itself
  bool supported = true; ///< false: in the language, but not built yet
  std::span<const OptionSpec> options = {};
  std::span<const std::string_view> bounding_options = {};  ///< a source to which one of these is given ends by itself
};

}  // namespace millrace::abi
