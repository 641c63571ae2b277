#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/plan.h"
#include "compiler/syntax/ast.h"

namespace millrace {

/// A name by which an expression may reach a column of the row that it is evaluated over.
struct ScopeColumn {
  std::string qualifier;  ///< alias or name of the relation that it came with; empty when it has none
  std::string name;
  uint32_t index = 0;           ///< column of the plan node below
  bool qualified_only = false;  ///< the second copy of a USING column: reached as t.c, but neither as c nor by `*`
};

/// The columns that a WindowAssign has added.
struct WindowColumns {
  uint32_t start = 0;
  uint32_t end = 0;
  plan::WindowKind kind = plan::WindowKind::Sliding;
  std::vector<uint32_t> partition = {};  ///< columns of PARTITION BY, which GROUP BY has to name as well
};

/// Names in sight, in the order in which `*` gives them. Lookups ignore letter case.
struct Scope {
  std::vector<ScopeColumn> columns;
  /// A WindowAssign of this SELECT or its FROM: its columns answer to window_start, window_end and `window` where no other
  /// column does.
  std::optional<WindowColumns> window;

  /// What the first parts of a name denote, and how many of them: the rest are fields of a STRUCT.
  struct Match {
    uint32_t index = 0;
    size_t parts = 0;
  };
  /// nullopt when nothing has the name. Throws SqlError when several columns do.
  std::optional<Match> resolve(const ast::Name& name) const;
  bool has_qualifier(std::string_view qualifier) const;
  std::vector<const ScopeColumn*> visible() const;                                ///< what `*` gives
  std::vector<const ScopeColumn*> of_relation(std::string_view qualifier) const;  ///< what `t.*` gives
  std::vector<std::string> candidates() const;                                    ///< for did-you-mean
};

/// A plan so far, and the names of its columns.
struct BoundRelation {
  plan::NodePtr node;
  Scope scope;
};

/// Every column of `schema` under one qualifier.
Scope scope_over(const Schema& schema, const std::string& qualifier);

/// `a.b.c` as the user wrote it.
std::string to_text(const ast::Name& name);
SourceSpan span_of(const ast::Name& name);

}  // namespace millrace
