#include <algorithm>
#include <cstdio>
#include <set>
#include <string>

#include "compiler/analysis/function_forms.h"
#include "compiler/base/diagnostic.h"
#include "compiler/driver/commands/command.h"
#include "compiler/functions/function_catalog.h"
#include "runtime/connectors/registry.h"
#include "runtime/formats/registry.h"

namespace millrace {
namespace {

constexpr OptionRule kFunctionsOptions[] = {
    {.name = "--examples", .help = "print the examples as a script, each beside what it must give"},
};
constexpr CommandRule kFunctionsRule = {
    .name = "functions", .positional = "[NAME]", .positional_min = 0, .positional_max = 1,
    .summary = "List the functions and aggregates with an example each, or one of them.", .details = "", .options = kFunctionsOptions,
};
constexpr CommandRule kConnectorsRule = {
    .name = "connectors", .positional = "[NAME]", .positional_min = 0, .positional_max = 1,
    .summary = "List the source and sink connectors with their options.", .details = "", .options = {},
};
constexpr CommandRule kFormatsRule = {
    .name = "formats", .positional = "[NAME]", .positional_min = 0, .positional_max = 1,
    .summary = "List the input and output formats with their options.", .details = "", .options = {},
};

std::string wanted_name(const Arguments& arguments) {
  return arguments.positional().empty() ? std::string() : arguments.positional()[0];
}

[[noreturn]] void throw_unknown(const char* what, const std::string& name, const std::vector<std::string>& known) {
  const std::string near = nearest_name(name, known);
  throw UsageError(std::string("unknown ") + what + " '" + name + "'" + (near.empty() ? "" : " — did you mean '" + near + "'?"));
}

std::string parameter_text(const Parameter& parameter) {
  switch (parameter.match) {
    case Parameter::Match::Kind:
      return parameter.type.is(TypeKind::Decimal) ? "DECIMAL" : to_string(parameter.type);
    case Parameter::Match::Type: return to_string(parameter.type);
    case Parameter::Match::Integral: return "integer";
    case Parameter::Match::Floating: return "floating";
    case Parameter::Match::Anything: return "any";
  }
  return "any";
}

template <class Function>
std::string signature_text(const Function& function, bool variadic) {
  if (function.rule) return std::string(function.name) + std::string(function.usage);
  std::string text = std::string(function.name) + "(";
  for (const Parameter& parameter : function.parameters) {
    if (&parameter != &function.parameters.front()) text += ", ";
    text += parameter_text(parameter);
  }
  if (variadic) text += function.parameters.empty() ? "STRING, …" : ", STRING, …";
  text += ") -> ";
  return text + (function.result_is_first_argument ? "as the first" : to_string(function.result));
}

/// In two columns. A character such as … is one wide, whatever its bytes.
void print_example(const std::string& signature, std::string_view example) {
  constexpr ptrdiff_t kWidth = 60;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  const ptrdiff_t more_bytes = std::count_if(signature.begin(), signature.end(), continues);
  printf("%-*s %.*s\n", static_cast<int>(kWidth + more_bytes), signature.c_str(), static_cast<int>(example.size()), example.data());
}

template <class Function>
void print_function(const Function& function, bool variadic) {
  print_example(signature_text(function, variadic), function.example);
}

void print_notes(std::span<const FunctionNote> notes, const std::string& wanted, std::vector<std::string>& known, bool& found) {
  for (const FunctionNote& note : notes) {
    known.emplace_back(note.name);
    if (!wanted.empty() && note.name != wanted) continue;
    print_example(std::string(note.name) + std::string(note.usage), note.example);
    found = true;
  }
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

/// `sum(x) of 1, 2` over its values: `sum(x) FROM VALUES (1), (2) AS t(x)`.
std::string over_values(std::string_view example) {
  const size_t of = example.find(" of ");
  const std::string_view call = example.substr(0, of), values = example.substr(of + 4);
  if (values.starts_with('(')) {
    const size_t open = call.find('(');
    return "CAST(" + std::string(call) + " AS STRING), 'NULL') AS gives FROM VALUES " + std::string(values) + " AS t" +
           std::string(call.substr(open, call.find(')') - open + 1));
  }
  std::string rows;
  for (size_t at = 0; at < values.size();) {
    const size_t end = std::min(values.find(", ", at), values.size());
    rows += (rows.empty() ? "(" : ", (") + std::string(values.substr(at, end - at)) + ")";
    at = end + 2;
  }
  return "CAST(" + std::string(call) + " AS STRING), 'NULL') AS gives FROM VALUES " + rows + " AS t(x)";
}

void print_example(std::string_view name, std::string_view example, bool is_aggregate) {
  // Lambdas and maps have arrows of their own: in an expression the last one outside of quotes and parentheses counts.
  size_t arrow = std::string_view::npos;
  int depth = 0;
  bool in_quotes = false;
  for (size_t i = 0; i + 4 <= example.size() && arrow == std::string_view::npos; ++i) {
    if (example[i] == '\'') in_quotes = !in_quotes;
    if (!in_quotes && example[i] == '(') ++depth;
    if (!in_quotes && example[i] == ')') --depth;
    if (!in_quotes && depth == 0 && example.substr(i, 4) == " -> ") arrow = i;
  }
  if (arrow == std::string_view::npos) return;
  const std::string expected = quoted(example.substr(arrow + 4));
  const std::string expression(example.substr(0, arrow));
  const std::string select = is_aggregate ? over_values(expression) : "CAST(" + expression + " AS STRING), 'NULL') AS gives";
  const size_t from = select.find(" FROM VALUES ");
  printf("SELECT %s AS function, coalesce(%s, %s AS expected%s;\n", quoted(name).c_str(), select.substr(0, is_aggregate ? from : select.size()).c_str(),
         expected.c_str(), is_aggregate ? select.substr(from).c_str() : "");
}

int print_examples() {
  for (const ScalarFunction& function : scalar_functions()) {
    if (!function.name.starts_with("__")) print_example(function.name, function.example, false);
  }
  for (const FunctionNote& note : function_notes()) print_example(note.name, note.example, false);
  for (const AggregateFunction& function : aggregate_functions()) print_example(function.name, function.example, true);
  for (const FunctionNote& note : aggregate_notes()) print_example(note.name, note.example, true);
  return kExitDone;
}

int list_functions(const Arguments& arguments) {
  if (arguments.has("--examples")) return print_examples();
  const std::string wanted = wanted_name(arguments);
  bool found = false;
  std::vector<std::string> known;
  // Names that begin with two underscores are what the analyzer puts in for operators.
  const auto is_wanted = [&](std::string_view name) {
    known.emplace_back(name);
    return wanted.empty() ? !name.starts_with("__") : name == wanted;
  };
  for (const ScalarFunction& function : scalar_functions()) {
    if (!is_wanted(function.name)) continue;
    print_function(function, function.variadic_strings);
    found = true;
  }
  print_notes(function_notes(), wanted, known, found);
  if (wanted.empty()) puts("\naggregates:");
  for (const AggregateFunction& function : aggregate_functions()) {
    if (!is_wanted(function.name)) continue;
    print_function(function, false);
    found = true;
  }
  print_notes(aggregate_notes(), wanted, known, found);
  if (!found) throw_unknown("function", wanted, known);
  return kExitDone;
}

std::string requirement_text(const abi::OptionSpec& option) {
  if (!option.supported) return " (not supported yet)";
  std::string with = option.with_option.empty() ? "" : "with " + std::string(option.with_option);
  if (!option.with_value.empty()) with += " = " + std::string(option.with_value);
  if (!option.or_with.empty()) with += " or " + std::string(option.or_with);
  if (option.required) return with.empty() ? " (required)" : " (required " + with + ")";
  if (!option.default_value.empty()) return " (" + std::string(option.default_value) + (with.empty() ? "" : "; " + with) + ")";
  return with.empty() ? "" : " (" + with + ")";
}

std::string choices_text(const abi::OptionSpec& option) {
  std::string text;
  // A help text that speaks of each choice lists them better.
  for (const std::string_view choice : option.choices) {
    if (option.help.find(choice) != std::string_view::npos) return "";
    text += (text.empty() ? ": " : ", ") + std::string(choice);
  }
  return text;
}

void print_spec(const abi::ConnectorSpec& spec) {
  printf("  %.*s%s: %.*s\n", static_cast<int>(spec.name.size()), spec.name.data(), spec.supported ? "" : " (not supported yet)",
         static_cast<int>(spec.help.size()), spec.help.data());
  for (const abi::OptionSpec& option : spec.options) {
    printf("      %-18.*s %.*s%s%s\n", static_cast<int>(option.name.size()), option.name.data(), static_cast<int>(option.help.size()),
           option.help.data(), choices_text(option).c_str(), requirement_text(option).c_str());
  }
}

using Specs = std::span<const abi::ConnectorSpec* const>;

int list_specs(const Arguments& arguments, const char* kind, const char* first_title, Specs first, const char* second_title, Specs second) {
  const std::string wanted = wanted_name(arguments);
  bool found = false;
  std::vector<std::string> known;
  const auto list = [&](const char* title, Specs specs) {
    if (wanted.empty()) puts(title);
    for (const abi::ConnectorSpec* spec : specs) {
      known.emplace_back(spec->name);
      if (!wanted.empty() && spec->name != wanted) continue;
      if (!wanted.empty()) puts(title);
      print_spec(*spec);
      found = true;
    }
  };
  list(first_title, first);
  list(second_title, second);
  if (!found) throw_unknown(kind, wanted, known);
  return kExitDone;
}

int list_connectors(const Arguments& arguments) {
  return list_specs(arguments, "connector", "sources:", source_connectors(), "sinks:", sink_connectors());
}

int list_formats(const Arguments& arguments) {
  return list_specs(arguments, "format", "input formats:", input_formats(), "output formats:", output_formats());
}

}  // namespace

const Command kFunctionsCommand = {kFunctionsRule, list_functions};
const Command kConnectorsCommand = {kConnectorsRule, list_connectors};
const Command kFormatsCommand = {kFormatsRule, list_formats};

}  // namespace millrace
