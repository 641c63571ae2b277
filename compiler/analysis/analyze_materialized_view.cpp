#include "compiler/analysis/analyze_materialized_view.h"

#include <charconv>

#include "compiler/analysis/analyze_options.h"
#include "compiler/analysis/carry_group_keys.h"
#include "compiler/analysis/emit_rules.h"
#include "compiler/analysis/evaluate_anew.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/plan_build.h"
#include "compiler/analysis/query_analyzer.h"
#include "compiler/base/overloaded.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

constexpr abi::OptionSpec kViewOptions[] = {
    {.name = "max_rows", .kind = abi::OptionKind::Integer, .default_value = "10000000",
     .help = "rows that the view may hold; a batch that would leave more ends its query with an error", .min = 1},
};
constexpr abi::ConnectorSpec kViewSpec{.name = "materialized view", .help = "rows in memory", .sink = true, .options = kViewOptions};

int64_t max_rows(const Session& session, const ast::CreateView& create) {
  const abi::Options options = OptionChecker(session, create.options, create.name.span).check({&kViewSpec});
  const std::string& text = options.at("max_rows");
  int64_t rows = 0;
  std::from_chars(text.data(), text.data() + text.size(), rows);
  return rows;
}

void name_columns(plan::Node& root, const ast::CreateView& create) {
  if (create.columns.empty()) return;
  if (create.columns.size() != root.schema.size()) {
    throw SqlError(create.columns.front().span, "the view names " + counted(create.columns.size(), "column") +
                                                    ", but its query has " + std::to_string(root.schema.size()));
  }
  for (size_t i = 0; i < create.columns.size(); ++i) root.schema[i].name = create.columns[i].text;
}

/// Queries reach a view's columns by name.
void check_names(const plan::Node& root, SourceSpan span) {
  const Schema& schema = root.schema;
  for (size_t i = 0; i < schema.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!same_name(schema[i].name, schema[j].name)) continue;
      throw SqlError(span, "two columns of the view are called '" + schema[i].name + "'", "name one of them with AS");
    }
  }
}

/// Whether every batch brings all of the view's rows.
bool is_shown_whole(const plan::Node& node) {
  return std::visit(Overloaded{[](const plan::Scan&) { return false; }, [](const plan::Values&) { return false; },
                               [](const plan::Aggregate&) { return true; }, [](const plan::Sort&) { return true; },
                               [](const plan::Limit&) { return true; }, [](const plan::Keep&) { return true; },
                               [](const plan::Over&) { return true; },
                               [](const plan::Join& join) { return is_shown_whole(*join.left); },
                               [](const plan::Union& all) { return is_shown_whole(*all.inputs.front()); },
                               [](const auto& unary) { return is_shown_whole(*unary.input); }},
                    node.op);
}

/// Makes the rows of an aggregation carry what tells their groups apart; where they do not belong to one group each, the whole result is made anew.
std::optional<GroupKeys> group_keys(Session& session, plan::Query& query) {
  plan::NodePtr carrying = plan::clone(*query.root);
  try {
    GroupKeys carried = carry_group_keys(carrying);
    query.root = std::move(carrying);
    return carried;
  } catch (const SqlError&) {
    evaluate_anew(session, query, query.span);
    mark_changes(query);
    return std::nullopt;
  }
}

plan::ViewTarget view_target(Session& session, plan::Query& query) {
  plan::ViewTarget target;
  if (!query.streaming || query.evaluates_anew) {
    target.keeping = abi::ViewKeeping::Replace;
  } else if (query.mode == abi::EmitMode::Complete) {
    target.keeping = is_shown_whole(*query.root) ? abi::ViewKeeping::Replace : abi::ViewKeeping::Accumulate;
  } else if (query.root->changes != plan::Changes::Append) {
    std::optional<GroupKeys> carried = group_keys(session, query);
    target.keeping = carried ? abi::ViewKeeping::Upsert : abi::ViewKeeping::Replace;
    if (!carried) return target;
    target.keys = std::move(carried->keys);
    target.present = carried->present;
  }
  return target;
}

plan::Query plan_query(Session& session, const ast::CreateView& create) {
  plan::Query query;
  query.name = create.name.text;
  query.span = create.query->span;
  query.sink.name = create.name.text;
  query.sink.connector = "memory";
  QueryAnalyzer analyzer(session, QueryAnalyzer::ReadViews::AsQueries);
  analyzer.tell_groups_apart();
  query.root = type_nulls(analyzer.analyze(*create.query, true).node);
  query.sources = analyzer.take_sources();
  name_columns(*query.root, create);
  check_names(*query.root, create.query->span);
  apply_emit_rules(session, query, create.query->emit ? &*create.query->emit : nullptr);
  return query;
}

}  // namespace

PlannedView plan_materialized_view(Session& session, const ast::CreateView& create, SourceSpan span) {
  const int64_t limit = max_rows(session, create);
  session.views_in_hand.push_back(fold_case(create.name.text));
  PlannedView planned;
  planned.query = plan_query(session, create);  // after an error the views in hand are forgotten with the statement
  session.views_in_hand.pop_back();
  Relation& view = planned.relation;
  view.kind = ast::RelationKind::MaterializedView;
  view.name = create.name.text;
  view.view = &create;
  view.view_id = ++session.view_count;
  view.visible_columns = planned.query.root->schema.size();
  view.span = span;
  planned.query.view = view_target(session, planned.query);
  planned.query.view->id = view.view_id;
  planned.query.view->max_rows = limit;
  view.columns = planned.query.root->schema;
  return planned;
}

}  // namespace millrace
