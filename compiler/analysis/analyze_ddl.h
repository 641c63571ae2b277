#pragma once

#include "compiler/analysis/session.h"
#include "compiler/syntax/ast.h"

namespace millrace {

/// CREATE, DROP and SET: they change the session's catalog or settings. Each throws SqlError and then has changed nothing.
void create_source(Session& session, const ast::CreateSource& create, SourceSpan span);
/// A plain one.
void create_view(Session& session, const ast::CreateView& create, SourceSpan span);
/// Whether CREATE has anything to do: false for IF NOT EXISTS of what exists. Throws when the name is taken.
bool must_create(const Session& session, const ast::Identifier& name, bool or_replace, bool if_not_exists);
void drop(Session& session, const ast::Drop& drop);
void set(Session& session, const ast::Set& set);

}  // namespace millrace
