#include "compiler/analysis/scope.h"

#include <algorithm>

#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

namespace {

[[noreturn]] void throw_ambiguous(const ast::Name& name, const std::vector<const ScopeColumn*>& matches) {
  std::string spellings;
  for (const ScopeColumn* column : matches) {
    if (column->qualifier.empty()) continue;
    spellings += (spellings.empty() ? "" : " or ") + column->qualifier + "." + column->name;
  }
  throw SqlError(span_of(name), "column '" + to_text(name) + "' is ambiguous",
                 spellings.empty() ? "" : "write " + spellings);
}

/// One column, however many names it has here; an error when the matches are different columns.
std::optional<uint32_t> only_one(const ast::Name& name, const std::vector<const ScopeColumn*>& matches) {
  if (matches.empty()) return std::nullopt;
  const bool same = std::all_of(matches.begin(), matches.end(), [&](auto* c) { return c->index == matches[0]->index; });
  if (!same) throw_ambiguous(name, matches);
  return matches[0]->index;
}

}  // namespace

std::optional<Scope::Match> Scope::resolve(const ast::Name& name) const {
  std::vector<const ScopeColumn*> matches;
  if (name.size() > 1) {
    for (const ScopeColumn& column : columns) {
      const bool hit =
          !column.qualifier.empty() && same_name(column.qualifier, name[0].text) && same_name(column.name, name[1].text);
      if (hit) matches.push_back(&column);
    }
    if (auto index = only_one(name, matches)) return Match{*index, 2};
  }
  for (const ScopeColumn& column : columns) {
    if (!column.qualified_only && same_name(column.name, name[0].text)) matches.push_back(&column);
  }
  if (auto index = only_one({name[0]}, matches)) return Match{*index, 1};
  return std::nullopt;
}

bool Scope::has_qualifier(std::string_view qualifier) const {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const ScopeColumn& c) { return same_name(c.qualifier, qualifier); });
}

std::vector<const ScopeColumn*> Scope::visible() const {
  std::vector<const ScopeColumn*> all;
  for (const ScopeColumn& column : columns) {
    if (!column.qualified_only) all.push_back(&column);
  }
  return all;
}

std::vector<const ScopeColumn*> Scope::of_relation(std::string_view qualifier) const {
  std::vector<const ScopeColumn*> all;
  for (const ScopeColumn& column : columns) {
    if (same_name(column.qualifier, qualifier)) all.push_back(&column);
  }
  return all;
}

std::vector<std::string> Scope::candidates() const {
  std::vector<std::string> all;
  for (const ScopeColumn& column : columns) all.push_back(column.name);
  return all;
}

Scope scope_over(const Schema& schema, const std::string& qualifier) {
  Scope scope;
  for (uint32_t i = 0; i < schema.size(); ++i) scope.columns.push_back({qualifier, schema[i].name, i, false});
  return scope;
}

std::string to_text(const ast::Name& name) {
  std::string text;
  for (const ast::Identifier& part : name) text += (text.empty() ? "" : ".") + part.text;
  return text;
}

SourceSpan span_of(const ast::Name& name) {
  return name.empty() ? SourceSpan{} : cover(name.front().span, name.back().span);
}

}  // namespace millrace
