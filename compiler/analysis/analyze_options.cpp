#include "compiler/analysis/analyze_options.h"

#include <algorithm>
#include <charconv>

#include "compiler/analysis/interval.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

OptionChecker::OptionChecker(const Session& session, const std::vector<ast::Option>& options, SourceSpan clause)
    : session_(session), options_(options), clause_(clause) {
  for (size_t i = 0; i < options.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!same_name(options[i].key.text, options[j].key.text)) continue;
      throw SqlError(options[i].key.span, "option '" + options[i].key.text + "' is given twice");
    }
  }
}

const ast::Option* OptionChecker::find(std::string_view key) const {
  const auto named = [&](const ast::Option& option) { return same_name(option.key.text, key); };
  const auto found = std::find_if(options_.begin(), options_.end(), named);
  return found == options_.end() ? nullptr : &*found;
}

const abi::ConnectorSpec& OptionChecker::choose(std::span<const abi::ConnectorSpec* const> specs, const std::string& name,
                                                const std::string& what, SourceSpan span) {
  std::vector<std::string> known;
  for (const abi::ConnectorSpec* spec : specs) {
    known.emplace_back(spec->name);
    if (!same_name(spec->name, name)) continue;
    if (!spec->supported) throw not_supported_yet(span, what + " '" + known.back() + "'");
    return *spec;
  }
  const std::string near = did_you_mean(name, known);
  std::string hint;
  for (const std::string& one : known) hint += (hint.empty() ? "there are: " : ", ") + one;
  throw SqlError(span, "unknown " + what + " '" + name + "'" + near, near.empty() ? hint : "");
}

abi::Options OptionChecker::check(const std::vector<const abi::ConnectorSpec*>& specs) const {
  abi::Options checked;
  std::vector<std::string> known{"connector", "format"};
  for (const abi::ConnectorSpec* spec : specs) {
    for (const abi::OptionSpec& option : spec->options) known.emplace_back(option.name);
  }
  for (const ast::Option& option : options_) {
    const auto is_this = [&](const std::string& name) { return same_name(name, option.key.text); };
    if (std::any_of(known.begin(), known.end(), is_this)) continue;
    std::string of;
    for (const abi::ConnectorSpec* spec : specs) of += (of.empty() ? "" : " and ") + std::string(spec->name);
    throw SqlError(option.key.span,
                   "unknown option '" + option.key.text + "' of " + of + did_you_mean(option.key.text, known));
  }
  for (const abi::ConnectorSpec* spec : specs) {
    for (const abi::OptionSpec& option : spec->options) {
      if (goes_with_others(option, checked)) check_one(option, spec->name, checked);
    }
  }
  return checked;
}

bool OptionChecker::goes_with_others(const abi::OptionSpec& option, const abi::Options& checked) const {
  if (option.with_option.empty()) return true;
  const auto other = checked.find(fold_case(option.with_option));
  if (other != checked.end() && (option.with_value.empty() || other->second == option.with_value)) return true;
  if (!option.or_with.empty() && checked.contains(fold_case(option.or_with))) return true;
  if (const ast::Option* given = find(option.name)) {
    const std::string value = option.with_value.empty() ? "" : " = '" + std::string(option.with_value) + "'";
    const std::string alternative = option.or_with.empty() ? "" : " or " + std::string(option.or_with);
    throw SqlError(given->key.span, "option '" + given->key.text + "' goes with " + std::string(option.with_option) + value + alternative + " alone");
  }
  return false;
}

void OptionChecker::check_one(const abi::OptionSpec& option, std::string_view of, abi::Options& checked) const {
  const std::string key = fold_case(option.name);
  if (const ast::Option* given = find(key)) {
    checked[key] = checked_value(option, *given);
    if (option.required && checked[key].empty()) throw SqlError(given->value_span, "option '" + key + "' must not be empty", std::string(option.help));
    if (!option.supported && checked[key] != option.default_value) throw not_supported_yet(given->key.span, "option '" + key + "'");
  } else if (option.required) {
    const std::string with = option.with_option.empty() ? "" : " with " + std::string(option.with_option) + " = '" + std::string(option.with_value) + "'";
    std::string choices;
    for (const std::string_view choice : option.choices) choices += (choices.empty() ? "one of: " : ", ") + std::string(choice);
    throw SqlError(clause_, std::string(of) + " needs the option '" + key + "'" + with + (option.help.empty() ? "" : ": ") + std::string(option.help), choices);
  } else if (!option.default_value.empty() && !checked.contains(key)) {
    checked[key] = std::string(option.default_value);
  }
}

std::string OptionChecker::checked_value(const abi::OptionSpec& spec, const ast::Option& option) const {
  const std::string& text = option.value.text;
  const auto wrong = [&](const std::string& wanted) {
    return SqlError(option.value_span, "option '" + std::string(spec.name) + "' takes " + wanted + ", not '" + text + "'");
  };
  if (option.value.kind == ast::LiteralKind::Null) throw wrong("a value");
  switch (spec.kind) {
    case abi::OptionKind::Integer:
      return checked_integer(spec, option);
    case abi::OptionKind::Number:
      return checked_number(spec, option);
    case abi::OptionKind::Boolean: {
      const std::string folded = fold_case(text);
      if (folded != "true" && folded != "false") throw wrong("true or false");
      return folded;
    }
    case abi::OptionKind::Duration: {
      const bool seconds =
          !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
      const auto micros = parse_duration(seconds ? text + " seconds" : text);
      if (!micros || *micros < 0) throw wrong("a duration such as '10 seconds'");
      return seconds ? text + " seconds" : text;
    }
    case abi::OptionKind::Character:
      if (text == "\\t") return "\t";
      if (text.size() > 1) throw wrong("one character");
      return text;
    case abi::OptionKind::Path:
      if (text.empty()) throw wrong("a path");
      return allowed_path(absolute_path(text, session_.environment.base_directory), option);
    case abi::OptionKind::String:
      return checked_choice(spec, option);
  }
  return text;
}

std::string OptionChecker::allowed_path(std::string path, const ast::Option& option) const {
  const auto& why_refused = session_.environment.why_path_is_refused;
  const std::string why = why_refused ? why_refused(path) : "";
  if (why.empty()) return path;
  throw SqlError(option.value_span, "the path '" + option.value.text + "' is not allowed: " + why, "--allow-path DIR names a folder in which files may be used");
}

std::string OptionChecker::checked_integer(const abi::OptionSpec& spec, const ast::Option& option) const {
  const std::string& text = option.value.text;
  int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    throw SqlError(option.value_span, "option '" + std::string(spec.name) + "' takes an integer, not '" + text + "'");
  }
  if (value >= spec.min && value <= spec.max) return std::to_string(value);
  const std::string bounds = spec.max == INT64_MAX ? "at least " + std::to_string(spec.min)
                             : spec.min == INT64_MIN
                                 ? "at most " + std::to_string(spec.max)
                                 : "between " + std::to_string(spec.min) + " and " + std::to_string(spec.max);
  throw SqlError(option.value_span, "option '" + std::string(spec.name) + "' must be " + bounds + ", not " + text);
}

std::string OptionChecker::checked_number(const abi::OptionSpec& spec, const ast::Option& option) const {
  const std::string& text = option.value.text;
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && value > static_cast<double>(spec.min) && value <= static_cast<double>(spec.max)) return text;
  throw SqlError(option.value_span, "option '" + std::string(spec.name) + "' takes a number above " + std::to_string(spec.min) + " and up to " +
                                        std::to_string(spec.max) + ", not '" + text + "'");
}

std::string OptionChecker::checked_choice(const abi::OptionSpec& spec, const ast::Option& option) const {
  if (spec.choices.empty())
    return option.value.kind == ast::LiteralKind::Boolean ? fold_case(option.value.text) : option.value.text;
  std::vector<std::string> known;
  for (const std::string_view choice : spec.choices) {
    if (same_name(choice, option.value.text)) return std::string(choice);
    known.emplace_back(choice);
  }
  for (const std::string_view choice : spec.later_choices) {
    if (!same_name(choice, option.value.text)) continue;
    throw not_supported_yet(option.value_span, std::string(spec.name) + " = '" + std::string(choice) + "'");
  }
  std::string list;
  for (const std::string& choice : known) list += (list.empty() ? "one of: " : ", ") + choice;
  throw SqlError(option.value_span,
                 "option '" + std::string(spec.name) + "' cannot be '" + option.value.text + "'" +
                     did_you_mean(option.value.text, known),
                 list);
}

std::string absolute_path(const std::string& path, const std::string& directory) {
  if (path.starts_with('/') || directory.empty()) return path;
  return directory.ends_with('/') ? directory + path : directory + "/" + path;
}

}  // namespace millrace
