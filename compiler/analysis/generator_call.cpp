#include "compiler/analysis/generator_call.h"

#include <algorithm>
#include <array>

#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/plan/plan_nullability.h"

namespace millrace {

namespace {

struct GeneratorForm {
  std::string_view name;
  bool outer, with_position, inlines;
};

constexpr auto kForms = std::to_array<GeneratorForm>({{"explode", false, false, false},
                                                      {"explode_outer", true, false, false},
                                                      {"posexplode", false, true, false},
                                                      {"posexplode_outer", true, true, false},
                                                      {"inline", false, false, true},
                                                      {"inline_outer", true, false, true},
                                                      {"unnest", false, false, false}});

const GeneratorForm* find_form(std::string_view name) {
  const auto found = std::find_if(kForms.begin(), kForms.end(), [&](const GeneratorForm& form) { return form.name == name; });
  return found == kForms.end() ? nullptr : &*found;
}

void check_collection(const expr::Expr& e, const GeneratorForm& form) {
  const bool array = e.type.is(TypeKind::Array);
  const bool structs = array && e.type.fields.front().type.is(TypeKind::Struct);
  if (form.inlines ? structs : array || e.type.is(TypeKind::Map)) return;
  std::string hint;
  if (e.type.is(TypeKind::String)) hint = "split it first: " + std::string(form.name) + "(split(…, ' '))";
  if (form.inlines && array) hint = "explode() takes any ARRAY";
  if (e.type.is(TypeKind::Struct)) hint = "the fields of a STRUCT s are columns by s.*";
  throw SqlError(e.span,
                 std::string(form.name) + "() takes " + (form.inlines ? "an ARRAY of STRUCTs" : "an ARRAY or a MAP") + ", not " +
                     to_string(e.type),
                 hint);
}

constexpr std::string_view kStack = "stack";
constexpr size_t kMaxStackRows = 1000;  // each is an expression of the plan

/// The first argument of stack().
size_t stack_rows(const ast::Expr& argument) {
  const auto* literal = std::get_if<ast::Literal>(&argument.node);
  const bool is_integer = literal != nullptr && literal->kind == ast::LiteralKind::Integer && literal->text[0] != '-';
  const size_t digits = is_integer ? literal->text.size() : 0;
  const size_t rows = digits == 0 ? 0 : digits < 9 ? std::stoul(literal->text) : kMaxStackRows + 1;
  if (rows == 0) throw SqlError(argument.span, "the number of rows of stack() must be a positive integer literal");
  if (rows > kMaxStackRows) throw SqlError(argument.span, "stack() makes at most " + std::to_string(kMaxStackRows) + " rows", "explode(sequence(1, n)) makes more");
  return rows;
}

/// stack(n, a, b, c, …): the values in n rows, one after the other; those missing in the last are NULL.
plan::Generate bind_stack(const GeneratorCall& call, ExprBinder& binder) {
  if (call.arguments.size() < 2) throw SqlError(call.span, "stack() takes a number of rows and the values for them", "stack(2, 'a', 1, 'b', 2)");
  const size_t rows = stack_rows(*call.arguments.front());
  const size_t values = call.arguments.size() - 1;
  const size_t width = (values + rows - 1) / rows;
  std::vector<ExprPtr> structs;
  for (size_t row = 0; row < rows; ++row) {
    std::vector<ExprPtr> fields;
    std::vector<std::string> names;
    for (size_t i = 0; i < width; ++i) {
      const size_t at = row * width + i;
      names.push_back("col" + std::to_string(i));
      fields.push_back(at < values ? binder.bind_value(*call.arguments[at + 1]) : make_null(TypeKind::Null, call.span));
    }
    structs.push_back(make_struct(std::move(fields), std::move(names), call.span));
  }
  plan::Generate generate;
  generate.collection = make_array(std::move(structs), call.span);
  generate.inlines = true;
  return generate;
}

constexpr std::string_view kJsonTuple = "json_tuple";

/// json_tuple(text, 'a', 'b', …): one row of the values of these keys.
plan::Generate bind_json_tuple(const GeneratorCall& call, ExprBinder& binder) {
  if (call.arguments.size() < 2) throw SqlError(call.span, "json_tuple() takes a text and the keys of the values in it", "json_tuple(s, 'a', 'b')");
  const ExprPtr text = coerce_checked(binder.bind_value(*call.arguments.front()), TypeKind::String, "the first argument of json_tuple()");
  std::vector<ExprPtr> fields;
  std::vector<std::string> names;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    ExprPtr key = coerce_checked(binder.bind_value(*call.arguments[i]), TypeKind::String, "a key of json_tuple()");
    std::vector<ExprPtr> path;
    path.push_back(make_string("$['", call.span));
    path.push_back(std::move(key));
    path.push_back(make_string("']", call.span));
    std::vector<ExprPtr> arguments;
    arguments.push_back(expr::clone(*text));
    arguments.push_back(make_call("concat", std::move(path), call.span));
    names.push_back("c" + std::to_string(i - 1));
    fields.push_back(make_call("get_json_object", std::move(arguments), call.span));
  }
  std::vector<ExprPtr> rows;
  rows.push_back(make_struct(std::move(fields), std::move(names), call.span));
  plan::Generate generate;
  generate.collection = make_array(std::move(rows), call.span);
  generate.inlines = true;
  return generate;
}

}  // namespace

bool is_generator(std::string_view name) { return name == kStack || name == kJsonTuple || find_form(name) != nullptr; }

GeneratorCall generator_of(const ast::Call& call, SourceSpan span) {
  GeneratorCall generator{fold_case(call.name.text), {}, span};
  if (call.over || call.distinct || call.star || call.filter || !call.within_order.empty()) {
    throw SqlError(span, generator.name + "() makes rows: it is no aggregate and no window function");
  }
  for (const ast::ExprPtr& argument : call.arguments) generator.arguments.push_back(argument.get());
  return generator;
}

plan::Generate bind_generator(const GeneratorCall& call, ExprBinder& binder) {
  if (call.name == kStack) return bind_stack(call, binder);
  if (call.name == kJsonTuple) return bind_json_tuple(call, binder);
  const GeneratorForm& form = *find_form(call.name);
  if (call.arguments.size() != 1) {
    throw SqlError(call.span, call.name + "() takes 1 argument, not " + std::to_string(call.arguments.size()));
  }
  plan::Generate generate;
  generate.collection = binder.bind_value(*call.arguments.front());
  check_collection(*generate.collection, form);
  generate.outer = form.outer;
  generate.with_position = form.with_position;
  generate.inlines = form.inlines;
  return generate;
}

std::vector<std::string> generated_names(const plan::Generate& generate, const std::vector<ast::Identifier>& aliases) {
  std::vector<std::string> names;
  std::string listed;
  for (const Column& column : plan::generated_columns(generate)) {
    names.push_back(column.name);
    listed += (listed.empty() ? "" : ", ") + column.name;
  }
  if (aliases.empty()) return names;
  if (aliases.size() != names.size()) {
    throw SqlError(cover(aliases.front().span, aliases.back().span),
                   counted(names.size(), "column") + (names.size() == 1 ? " is" : " are") + " made here, but " +
                       counted(aliases.size(), "name") + (aliases.size() == 1 ? " is" : " are") + " given",
                   "the columns are " + listed);
  }
  for (size_t i = 0; i < names.size(); ++i) names[i] = aliases[i].text;
  return names;
}

}  // namespace millrace
