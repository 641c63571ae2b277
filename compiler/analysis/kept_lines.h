#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/analysis/session.h"
#include "compiler/analysis/analyzer.h"
#include "compiler/plan/plan.h"

/// `iot$errors`, the lines of a stream or table that could not be decoded, and `out$late`, the lines whose rows a query dropped because they were late: tables
/// without a declaration. What they hold is kept in memory from the job's beginning on, if anything in the script reads it.
namespace millrace {

/// The table of this name; nothing when the name is none of these. Notes that it is read. Throws SqlError when there is nothing of which it could tell.
std::optional<Relation> kept_lines_table(Session& session, const std::string& name, SourceSpan span);

/// Lets later statements name the query before `$late`.
void name_query(Session& session, const plan::Query& query);

/// Whether the query reads such a table, and so runs when the streams have ended.
bool reads_kept_lines(const plan::Query& query);

/// Tells the queries of a script what statements behind them read of them.
void mark_kept_lines(const Session& session, Analysis& analysis);

}  // namespace millrace
