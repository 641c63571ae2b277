#pragma once

#include "compiler/analysis/session.h"
#include "compiler/syntax/ast.h"

namespace millrace {

/// CREATE, DROP and SET: they change the session's catalog or settings. Each throws SqlError and then has changed nothing.
void create_source(Session& session, const ast::CreateSource& create, SourceSpan span);
void create_view(Session& session, const ast::CreateView& create, SourceSpan span);
void drop(Session& session, const ast::Drop& drop);
void set(Session& session, const ast::Set& set);

}  // namespace millrace
