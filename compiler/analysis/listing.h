#pragma once

#include "compiler/analysis/analyzer.h"
#include "compiler/analysis/session.h"

namespace millrace {

/// DESCRIBE and SHOW: answered from the session.
AnalyzedListing describe(Session& session, const ast::Describe& describe);
AnalyzedListing show(const Session& session, const ast::Show& show, SourceSpan span);

}  // namespace millrace
