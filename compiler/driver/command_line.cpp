#include "compiler/driver/command_line.h"

#include <algorithm>
#include <charconv>

#include "compiler/base/diagnostic.h"
#include "runtime/base/duration.h"

namespace millrace {
namespace {

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

}  // namespace

Arguments::Arguments(const CommandRule& rule, std::span<const char* const> words) : rule_(rule) {
  bool options_end = false;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (options_end || word.size() < 2 || word[0] != '-') {
      positional_.emplace_back(word);
      continue;
    }
    if (word == "--") {
      options_end = true;
      continue;
    }
    if (word == "--help" || word == "-h") {
      wants_help_ = true;
      return;
    }
    const size_t equals = word.starts_with("--") ? word.find('=') : std::string_view::npos;
    const OptionRule& option = find_rule(word.substr(0, equals));
    Given given{.option = option.name, .value = std::nullopt};
    if (equals != std::string_view::npos) {
      if (option.value == OptionRule::Value::None) throw UsageError("option " + std::string(option.name) + " takes no value");
      given.value = std::string(word.substr(equals + 1));
    } else if (option.value == OptionRule::Value::Required) {
      if (i + 1 == words.size()) {
        throw UsageError("option " + std::string(option.name) + " needs a value: " + std::string(option.name) + " " +
                         std::string(option.value_name));
      }
      given.value = words[++i];
    }
    given_.push_back(std::move(given));
  }
  check_counts();
}

const OptionRule& Arguments::find_rule(std::string_view name) const {
  for (const OptionRule& option : rule_.options) {
    if (option.name != name) continue;
    if (!option.supported) throw UsageError("not supported yet: option " + std::string(name));
    return option;
  }
  std::vector<std::string> known;
  for (const OptionRule& option : rule_.options) known.emplace_back(option.name);
  const std::string near = nearest_name(name, known);
  throw UsageError("unknown option " + quoted(name) + (near.empty() ? "" : " — did you mean " + quoted(near) + "?"));
}

void Arguments::check_counts() const {
  for (const OptionRule& option : rule_.options) {
    const auto times = std::ranges::count(given_, option.name, &Given::option);
    if (times > 1 && !option.repeatable) throw UsageError("option " + std::string(option.name) + " is given twice");
  }
  if (positional_.size() < rule_.positional_min) {
    throw UsageError("expected " + std::string(rule_.positional) + " after 'millrace " + std::string(rule_.name) + "'");
  }
  if (positional_.size() > rule_.positional_max) {
    throw UsageError("unexpected argument " + quoted(positional_[rule_.positional_max]));
  }
}

bool Arguments::has(std::string_view option) const {
  return std::ranges::find(given_, option, &Given::option) != given_.end();
}

std::optional<std::string> Arguments::value(std::string_view option) const {
  for (auto given = given_.rbegin(); given != given_.rend(); ++given) {
    if (given->option == option) return given->value.value_or("");
  }
  return std::nullopt;
}

std::vector<std::string> Arguments::values(std::string_view option) const {
  std::vector<std::string> all;
  for (const Given& given : given_) {
    if (given.option == option) all.push_back(given.value.value_or(""));
  }
  return all;
}

std::optional<int64_t> Arguments::integer(std::string_view option, int64_t min, int64_t max) const {
  const std::optional<std::string> text = value(option);
  if (!text) return std::nullopt;
  int64_t number = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || stop != end || number < min || number > max) {
    const std::string range = max == INT64_MAX ? "of at least " + std::to_string(min)
                                               : "from " + std::to_string(min) + " to " + std::to_string(max);
    throw UsageError("option " + std::string(option) + " takes a whole number " + range + ", not " + quoted(*text));
  }
  return number;
}

std::optional<double> Arguments::positive_number(std::string_view option, double max) const {
  const std::optional<std::string> text = value(option);
  if (!text) return std::nullopt;
  double number = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  if (error == std::errc() && stop == end && number > 0 && number <= max) return number;
  throw UsageError("option " + std::string(option) + " takes a number above 0 and up to " + std::to_string(static_cast<int64_t>(max)) + ", not " + quoted(*text));
}

std::optional<int64_t> Arguments::duration_us(std::string_view option) const {
  const std::optional<std::string> text = value(option);
  if (!text) return std::nullopt;
  const std::optional<int64_t> us = parse_duration_us(*text);
  if (!us || *us <= 0) {
    throw UsageError("option " + std::string(option) + " takes a duration such as 2s, 500ms or 1m30s, not " + quoted(*text));
  }
  return us;
}

std::optional<std::string> Arguments::choice(std::string_view option, std::span<const std::string_view> choices) const {
  std::optional<std::string> text = value(option);
  if (!text || std::ranges::find(choices, *text) != choices.end()) return text;
  const std::string near = nearest_name(*text, {choices.begin(), choices.end()});
  throw UsageError("option " + std::string(option) + " takes one of " + joined(choices) + ", not " + quoted(*text) +
                   (near.empty() ? "" : " — did you mean " + quoted(near) + "?"));
}

std::string usage_text(const CommandRule& rule) {
  std::string text = "usage: millrace " + std::string(rule.name);
  if (!rule.options.empty()) text += " [OPTION…]";
  if (!rule.positional.empty()) text += " " + std::string(rule.positional);
  text += "\n\n" + std::string(rule.summary) + "\n";
  if (!rule.details.empty()) text += "\n" + std::string(rule.details) + "\n";
  if (rule.options.empty()) return text;

  text += "\noptions:\n";
  constexpr size_t kHelpColumn = 28;
  for (const OptionRule& option : rule.options) {
    std::string line = "  " + std::string(option.name);
    const std::string value(option.value_name);
    if (option.value == OptionRule::Value::Required) line += " " + value;
    if (option.value == OptionRule::Value::Optional) line += "[=" + value + "]";
    line += line.size() + 1 < kHelpColumn ? std::string(kHelpColumn - line.size(), ' ') : "\n" + std::string(kHelpColumn, ' ');
    text += line + std::string(option.help) + (option.supported ? "" : " (not supported yet)") + "\n";
  }
  return text;
}

}  // namespace millrace
