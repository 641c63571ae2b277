#include "compiler/analysis/evaluate_anew.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "compiler/analysis/maintain.h"
#include "compiler/analysis/row_keys.h"
#include "compiler/base/overloaded.h"
#include "compiler/plan/join_bounds.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

using plan::Changes;
using plan::Node;
using plan::NodePtr;

namespace {

constexpr int64_t kMostKeptRows = 10'000'000;

bool join_only_adds(const plan::Join& join) {
  using Kind = plan::JoinKind;
  if (!only_adds(*join.left)) return false;
  const bool matches_only = join.kind == Kind::Inner || join.kind == Kind::Cross || join.kind == Kind::LeftSemi;
  if (join.right->is_stream) return matches_only && only_adds(*join.right);
  return matches_only || join.kind != Kind::Full;
}

/// Whether the groups of an aggregation are kept and change with each batch's rows alone. Which session a row lies in is the aggregation's business.
bool keeps_groups(const Node& node) {
  const auto* aggregate = std::get_if<plan::Aggregate>(&node.op);
  if (!aggregate || !node.is_stream) return false;
  const auto* assign = std::get_if<plan::WindowAssign>(&aggregate->input->op);
  return only_adds(assign ? *assign->input : *aggregate->input);
}

/// Whether all that there is to do is to go through the groups of one aggregation. Done once, that is cheaper than keeping what could change.
bool goes_through_groups(const Node& node) {
  if (keeps_groups(node)) return true;
  const auto* aggregate = std::get_if<plan::Aggregate>(&node.op);
  const auto* project = std::get_if<plan::Project>(&node.op);
  const auto* filter = std::get_if<plan::Filter>(&node.op);
  const NodePtr* input = aggregate ? &aggregate->input : project ? &project->input : filter ? &filter->input : nullptr;
  return input != nullptr && goes_through_groups(**input);
}

/// Puts a Keep wherever rows stop being only added, and in front of tables whose rows are wanted in each batch; what can be brought up to date by the
/// changes of a batch is, and its rows are integrated.
class Keeper {
 public:
  /// `why` is the part of the query that asks for it; `once`: there will be one batch, all of whose rows are shown.
  Keeper(int64_t max_rows, SourceSpan why, bool once) : max_rows_(max_rows), why_(why), once_(once) {}

  void keep(NodePtr& node) {
    if (keep_first_rows(*node)) return;
    const bool groups = keeps_groups(*node);
    if (!node->is_stream || groups || only_adds(*node)) {
      put_keep(node);
      return;
    }
    if (can_maintain(*node) && !(once_ && goes_through_groups(*node))) {
      put_integrate(node);
      return;
    }
    if (auto* join = std::get_if<plan::Join>(&node->op)) {
      keep(join->left);
      // What is built from a table once may stay, unless it remembers its matches.
      if (join->right->is_stream || join->kind == plan::JoinKind::Full) keep(join->right);
    } else {
      plan::for_each_input(*node, [this](NodePtr& input) { keep(input); });
    }
    node->is_stream = false;
    node->watermark_column.reset();
    if (auto* above = std::get_if<plan::Aggregate>(&node->op)) above->time_key.reset();
  }

 private:
  void put_keep(NodePtr& node) const {
    auto kept = std::make_unique<Node>();
    kept->schema = node->schema;
    kept->span = why_;
    kept->op = plan::Keep{std::move(node), max_rows_};
    node = std::move(kept);
  }

  /// ORDER BY with LIMIT over what can be maintained: its rows are kept in order, and only the first are looked at. Of rows that only come, others than the first
  /// need not even be kept, which is the optimizer's business.
  bool keep_first_rows(Node& node) const {
    const auto* limit = std::get_if<plan::Limit>(&node.op);
    if (limit == nullptr || limit->count < 0 || !node.is_stream) return false;
    std::vector<Node*> above{&node};
    Node* at = std::get<plan::Limit>(node.op).input.get();
    while (auto* project = std::get_if<plan::Project>(&at->op)) {
      above.push_back(at);
      at = project->input.get();
    }
    auto* sort = std::get_if<plan::Sort>(&at->op);
    if (sort == nullptr || only_adds(*sort->input) || !can_maintain(*sort->input)) return false;
    std::vector<plan::Integrate::Order> order;
    for (const plan::SortItem& item : sort->items) {
      const auto* column = std::get_if<expr::ColumnRef>(&item.expr->node);
      if (column == nullptr || item.expr->type.is_nested()) return false;
      order.push_back({column->index, item.descending, item.nulls_first});
    }
    above.push_back(at);
    put_integrate(sort->input);
    auto& integrate = std::get<plan::Integrate>(sort->input->op);
    integrate.order = std::move(order);
    integrate.first = limit->count + limit->offset;
    for (Node* each : above) {
      each->is_stream = false;
      each->watermark_column.reset();
    }
    return true;
  }

  void put_integrate(NodePtr& node) const {
    RowKeys keys = row_keys(*node);
    auto rows = std::make_unique<Node>();
    rows->schema = node->schema;
    rows->span = node->span;
    rows->op = plan::Integrate{changes_of(std::move(node), max_rows_), keys.has_value(), keys.value_or(std::vector<uint32_t>()), max_rows_, {}, -1};
    node = std::move(rows);
  }

  int64_t max_rows_;
  SourceSpan why_;
  bool once_;
};

/// What a node makes of the changes of its inputs. Above a Keep of rows some operators still only add; others take back.
class ChangesOf {
 public:
  ChangesOf(const plan::Query& query, const Node& node) : query_(query), node_(node) {
    plan::for_each_input(node, [this](const Node& input) { of_inputs_ = std::max(of_inputs_, input.changes); });
  }

  Changes operator()(const plan::Aggregate& aggregate) const {
    if (!query_.streaming || (!node_.is_stream && !query_.evaluates_anew)) return of_inputs_;
    if (!node_.is_stream) return Changes::Retract;
    if (query_.evaluates_anew) return Changes::Upsert;
    const bool first_seen = aggregate.is_distinct && query_.mode == abi::EmitMode::Update;
    return query_.mode == abi::EmitMode::Append || first_seen ? Changes::Append : Changes::Upsert;
  }
  Changes operator()(const plan::Keep&) const { return of_inputs_; }
  Changes operator()(const plan::Differentiate&) const { return Changes::Retract; }
  Changes operator()(const plan::Integrate&) const { return Changes::Retract; }
  Changes operator()(const plan::Join& join) const {
    const bool adds = join.kind == plan::JoinKind::Inner || join.kind == plan::JoinKind::Cross || join.kind == plan::JoinKind::LeftSemi;
    return (is_anew() || join.joins_changes()) && !adds && of_inputs_ == Changes::Append ? Changes::Retract : of_inputs_;
  }
  Changes operator()(const plan::Over&) const { return query_.streaming && (is_anew() || node_.is_stream) ? Changes::Retract : of_inputs_; }
  Changes operator()(const plan::Limit&) const { return is_anew() ? Changes::Retract : of_inputs_; }
  Changes operator()(const plan::ShowChanges& show) const {
    return show.form == abi::ChangeForm::NewRows ? Changes::Upsert : Changes::Append;
  }
  Changes operator()(const auto&) const { return of_inputs_; }

 private:
  bool is_anew() const { return query_.evaluates_anew && !node_.is_stream; }

  const plan::Query& query_;
  const Node& node_;
  Changes of_inputs_ = Changes::Append;
};

void mark_node(const plan::Query& query, Node& node) {
  plan::for_each_input(node, [&](NodePtr& input) { mark_node(query, *input); });
  node.changes = std::visit(ChangesOf(query, node), node.op);
}

}  // namespace

bool only_adds(const Node& node) {
  if (!node.is_stream) return false;
  return std::visit(Overloaded{[](const plan::Scan&) { return true; },
                               [](const plan::ObserveTime& n) { return only_adds(*n.input); },
                               [](const plan::Filter& n) { return only_adds(*n.input); },
                               [](const plan::Project& n) { return only_adds(*n.input); },
                               [](const plan::Generate& n) { return only_adds(*n.input); },
                               [](const plan::WindowAssign& n) { return n.window.kind != plan::WindowKind::Session && only_adds(*n.input); },
                               [](const plan::Join& join) { return join_only_adds(join); },
                               [](const plan::Union& all) {
                                 return std::all_of(all.inputs.begin(), all.inputs.end(), [](const NodePtr& input) { return only_adds(*input); });
                               },
                               [](const auto&) { return false; }},
                    node.op);
}

int64_t most_kept_rows(const Session& session) {
  const auto setting = session.environment.settings.find("max_kept_rows");
  if (setting == session.environment.settings.end()) return kMostKeptRows;
  int64_t rows = kMostKeptRows;
  std::from_chars(setting->second.data(), setting->second.data() + setting->second.size(), rows);
  return rows;
}

void evaluate_anew(Session& session, plan::Query& query, SourceSpan span) {
  query.meaning = plan::clone(*query.root);
  const bool once = query.trigger.kind == abi::TriggerKind::Once && query.mode == abi::EmitMode::Complete;
  Keeper(most_kept_rows(session), span, once).keep(query.root);
  query.evaluates_anew = true;
}

void mark_changes(plan::Query& query) { mark_node(query, *query.root); }

}  // namespace millrace
