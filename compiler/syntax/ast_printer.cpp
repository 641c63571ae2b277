#include "compiler/syntax/ast_printer.h"

#include <array>
#include <string_view>

#include "compiler/base/overloaded.h"
#include "compiler/syntax/ast_children.h"

/// The tree of a script, for people.
namespace millrace::ast {

namespace {

std::string_view relation_kind_text(RelationKind kind) {
  constexpr std::array<std::string_view, 5> kTexts{"STREAM", "TABLE", "VIEW", "MATERIALIZED VIEW", "SINK"};
  return kTexts[static_cast<size_t>(kind)];
}

std::string names(const std::vector<Identifier>& list, std::string_view separator) {
  std::string out;
  for (const Identifier& name : list) {
    if (!out.empty()) out += separator;
    out += name.text;
  }
  return out;
}

std::string exact_list(const std::vector<ExprPtr>& list) {
  std::string out;
  for (const ExprPtr& expr : list) {
    if (!out.empty()) out += ", ";
    out += to_exact_sql(*expr);
  }
  return out;
}

std::string literal_text(const Literal& literal) { return to_exact_sql(Expr{literal, {}}); }

std::string join_text(const Join& join) {
  constexpr std::array<std::string_view, 7> kKinds{"INNER", "LEFT", "RIGHT", "FULL", "CROSS", "LEFT SEMI", "LEFT ANTI"};
  std::string out = join.natural ? "NATURAL " : "";
  out.append(kKinds[static_cast<size_t>(join.kind)]).append(" JOIN");
  if (join.is_static) out += " STATIC";
  if (!join.using_columns.empty()) out += " USING (" + names(join.using_columns, ", ") + ')';
  return out;
}

class TreePrinter {
 public:
  std::string take() { return std::move(out_); }

  void statement(const Statement& statement) { std::visit(*this, statement.node); }

  void operator()(const CreateSource& source) {
    line(head("CREATE ", source.or_replace) + std::string(relation_kind_text(source.kind)) + ' ' +
         if_not(source.if_not_exists) + source.name.text);
    const Inside inside(*this);
    for (const ColumnDefinition& column : source.columns) {
      std::string text = "column " + column.name.text;
      if (column.type) text += ' ' + to_sql(*column.type);
      line(text + (column.not_null ? " NOT NULL" : ""), column.computed.get(), " AS ");
    }
    if (source.watermark) line("watermark " + source.watermark->column.text, source.watermark->expr.get(), " AS ");
    options(source.options);
  }

  void operator()(const CreateView& view) {
    line(head("CREATE ", view.or_replace) + (view.materialized ? "MATERIALIZED VIEW " : "VIEW ") +
         if_not(view.if_not_exists) + view.name.text);
    const Inside inside(*this);
    if (!view.columns.empty()) line("columns " + names(view.columns, ", "));
    options(view.options);
    query(*view.query);
  }

  void operator()(const CreateFunction& function) {
    line(head("CREATE ", function.or_replace) + "FUNCTION " + function.name.text);
    const Inside inside(*this);
    for (const auto& [name, type] : function.parameters) line("parameter " + name.text + ' ' + to_sql(type));
    line("returns " + to_sql(function.returns), function.body.get(), " ");
  }

  void operator()(const Insert& insert) {
    line("INSERT INTO " + insert.sink.text + (insert.columns.empty() ? "" : " (" + names(insert.columns, ", ") + ')'));
    const Inside inside(*this);
    query(*insert.query);
  }

  void operator()(const SelectStatement& select) {
    line("QUERY");
    const Inside inside(*this);
    query(*select.query);
  }

  void operator()(const Explain& explain) {
    constexpr std::array<std::string_view, 5> kStages{"LOGICAL", "PHYSICAL", "IR", "ASM", "STATE"};
    line(std::string("EXPLAIN ").append(kStages[static_cast<size_t>(explain.stage)]) + (explain.analyze ? " ANALYZE" : ""));
    const Inside inside(*this);
    statement(*explain.statement);
  }

  void operator()(const Describe& describe) { line("DESCRIBE " + names(describe.name, ".")); }
  void operator()(const Show& show) { line("SHOW " + show.what); }
  void operator()(const Set& set) { line("SET " + set.name.text + " = " + literal_text(set.value)); }
  void operator()(const Drop& drop) {
    line("DROP " + std::string(relation_kind_text(drop.kind)) + (drop.if_exists ? " IF EXISTS " : " ") + drop.name.text);
  }
  void operator()(const StopQuery& stop) { line("STOP QUERY " + stop.name.text); }
  void operator()(const Sleep& sleep) { line("SLEEP", sleep.amount.get(), " "); }

  void query(const Query& query) {
    for (const CommonTable& table : query.with) {
      line("with " + std::string(table.recursive ? "recursive " : "") + table.name.text +
           (table.columns.empty() ? "" : " (" + names(table.columns, ", ") + ')'));
      const Inside inside(*this);
      this->query(*table.query);
    }
    std::visit(*this, query.body);
    if (!query.order_by.empty()) sorted("order by", query.order_by);
    if (query.limit) line("limit", query.limit.get(), " ");
    if (query.offset) line("offset", query.offset.get(), " ");
    if (query.emit) emit(*query.emit);
  }

  void operator()(const QueryPtr& inner) {
    line("parentheses");
    const Inside inside(*this);
    query(*inner);
  }

  void operator()(const SetOperation& operation) {
    constexpr std::array<std::string_view, 3> kOperators{"union", "intersect", "except"};
    line(std::string(kOperators[static_cast<size_t>(operation.op)]) + (operation.all ? " all" : ""));
    const Inside inside(*this);
    query(*operation.left);
    query(*operation.right);
  }

  void operator()(const Values& values) {
    line("values");
    const Inside inside(*this);
    for (const std::vector<ExprPtr>& row : values.rows) list("row", row);
  }

  void operator()(const Select& select) {
    line(select.distinct ? "select distinct" : "select");
    const Inside inside(*this);
    if (!select.distinct_on.empty()) list("distinct on", select.distinct_on);
    for (const SelectItem& item : select.items) {
      std::string alias = item.alias ? " AS " + item.alias->text : "";
      if (!item.column_aliases.empty()) alias = " AS (" + names(item.column_aliases, ", ") + ')';
      line("item " + to_exact_sql(*item.expr) + alias);
      queries_in(*item.expr);
    }
    if (select.from) from(*select.from);
    if (select.window) window(*select.window);
    if (select.where) line("where", select.where.get(), " ");
    if (select.group_by) group_by(*select.group_by);
    if (select.having) line("having", select.having.get(), " ");
    if (select.qualify) line("qualify", select.qualify.get(), " ");
    for (const auto& [name, over] : select.named_windows) {
      line("window " + name.text + (over.partition_by.empty() ? "" : " partition by " + exact_list(over.partition_by)));
      const Inside deeper(*this);
      if (!over.order_by.empty()) sorted("order by", over.order_by);
    }
  }

  void operator()(const TableName& table) { relation_line("table " + names(table.parts, ".")); }

  void operator()(const Subquery& subquery) {
    relation_line("subquery");
    const Inside inside(*this);
    query(*subquery.query);
  }

  void operator()(const Join& join) {
    relation_line(join_text(join));
    const Inside inside(*this);
    relation(*join.left);
    relation(*join.right);
    if (join.on) line("on", join.on.get(), " ");
  }

  void operator()(const TableFunction& function) {
    relation_line("function " + function.name.text);
    const Inside inside(*this);
    for (const FunctionArgument& argument : function.arguments) {
      const std::string name = argument.name ? argument.name->text + " => " : "";
      std::visit(Overloaded{
                     [&](const ExprPtr& expr) { line("argument " + name + to_exact_sql(*expr)); },
                     [&](const Identifier& column) { line("argument " + name + "DESCRIPTOR(" + column.text + ')'); },
                     [&](const RelationPtr& table) {
                       line(argument.name ? "argument " + name : "argument");
                       const Inside deeper(*this);
                       relation(*table);
                       for (const Identifier& column : argument.partition) line("partition by " + column.text);
                     },
                 },
                 argument.value);
    }
  }

  void operator()(const LateralView& view) {
    const std::string columns = view.columns.empty() ? "" : " AS " + names(view.columns, ", ");
    relation_line("lateral view " + std::string(view.outer ? "outer " : "") + to_exact_sql(*view.generator) +
                  (view.table.text.empty() ? "" : ' ' + view.table.text) + columns);
    const Inside inside(*this);
    relation(*view.input);
  }

  void operator()(const Pivot& pivot) {
    relation_line("pivot for " + names(pivot.columns, ", "));
    const Inside inside(*this);
    relation(*pivot.input);
    for (const SelectItem& item : pivot.aggregates) line("aggregate " + aliased(item));
    for (const SelectItem& item : pivot.values) line("value " + aliased(item));
  }

  void operator()(const Unpivot& unpivot) {
    relation_line("unpivot " + names(unpivot.values, ", ") + " for " + unpivot.name.text + (unpivot.include_nulls ? " include nulls" : ""));
    const Inside inside(*this);
    relation(*unpivot.input);
    for (const SelectItem& item : unpivot.columns) line("column " + aliased(item));
  }

 private:
  static std::string aliased(const SelectItem& item) { return to_exact_sql(*item.expr) + (item.alias ? " AS " + item.alias->text : ""); }

  /// Two blanks more for the lines written while it lives.
  class Inside {
   public:
    explicit Inside(TreePrinter& printer) : printer_(printer) { ++printer_.depth_; }
    ~Inside() { --printer_.depth_; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    TreePrinter& printer_;
  };

  static std::string head(std::string text, bool or_replace) { return or_replace ? text + "OR REPLACE " : text; }
  static std::string if_not(bool if_not_exists) { return if_not_exists ? "IF NOT EXISTS " : ""; }

  void line(const std::string& text) { out_.append(depth_ * 2, ' ').append(text).append("\n"); }

  /// A line that ends in an expression, if there is one, and then the queries inside it.
  void line(const std::string& text, const Expr* expr, std::string_view separator) {
    if (expr == nullptr) return line(text);
    line(text + std::string(separator) + to_exact_sql(*expr));
    queries_in(*expr);
  }

  void list(const std::string& text, const std::vector<ExprPtr>& exprs) {
    line(text + ' ' + exact_list(exprs));
    for (const ExprPtr& expr : exprs) queries_in(*expr);
  }

  void queries_in(const Expr& expr) {
    const Inside inside(*this);
    for_each_query(expr, [this](const Query& inner) { query(inner); });
  }

  void relation_line(std::string text) {
    if (alias_ != nullptr && alias_->name) text += " AS " + alias_->name->text;
    if (alias_ != nullptr && !alias_->columns.empty()) text += " (" + names(alias_->columns, ", ") + ')';
    line(text);
  }

  void relation(const Relation& relation) {
    alias_ = &relation.alias;
    std::visit(*this, relation.node);
  }

  void from(const Relation& root) {
    line("from");
    const Inside inside(*this);
    relation(root);
  }

  void options(const std::vector<Option>& list) {
    for (const Option& option : list) line("option " + option.key.text + " = " + literal_text(option.value));
  }

  void sorted(const std::string& text, const std::vector<SortItem>& items) {
    std::string keys;
    for (const SortItem& item : items) {
      if (!keys.empty()) keys += ", ";
      keys += to_exact_sql(*item.expr) + (item.descending ? " DESC" : " ASC");
      if (item.nulls != NullsOrder::Default) keys += item.nulls == NullsOrder::First ? " NULLS FIRST" : " NULLS LAST";
    }
    line(text + ' ' + keys);
  }

  void window(const WindowClause& window) {
    constexpr std::array<std::string_view, 3> kKinds{"tumbling", "hopping", "session"};
    std::string text = "window ";
    text.append(kKinds[static_cast<size_t>(window.kind)]).append(" ").append(to_exact_sql(*window.size));
    line(window.advance ? text + " advance by " + to_exact_sql(*window.advance) : text);
  }

  void group_by(const GroupBy& group) {
    constexpr std::array<std::string_view, 4> kKinds{"", "cube", "rollup", "grouping sets"};
    line(group.all ? "group by all" : "group by");
    const Inside inside(*this);
    if (!group.listed.empty()) line("of " + exact_list(group.listed));
    for (const GroupingElement& element : group.elements) {
      if (element.kind == GroupingKind::Simple) {
        line(exact_list(element.sets[0]));
        continue;
      }
      std::string text(kKinds[static_cast<size_t>(element.kind)]);
      for (const std::vector<ExprPtr>& set : element.sets) text += " (" + exact_list(set) + ')';
      line(text);
    }
  }

  void emit(const Emit& emit) {
    constexpr std::array<std::string_view, 3> kModes{" append", " update", " complete"};
    constexpr std::array<std::string_view, 5> kTriggers{" auto", " every", " every", " per record", " once"};
    std::string text = "emit";
    if (emit.mode) text += kModes[static_cast<size_t>(*emit.mode)];
    if (emit.trigger) text += kTriggers[static_cast<size_t>(*emit.trigger)];
    if (emit.amount) text += ' ' + to_exact_sql(*emit.amount);
    if (emit.trigger == TriggerKind::Rows) text += " rows";
    if (emit.latency) text += " latency " + to_exact_sql(*emit.latency);
    line(text);
  }

  std::string out_;
  size_t depth_ = 0;
  const TableAlias* alias_ = nullptr;
};

}  // namespace

std::string print(const Script& script) {
  std::string out;
  for (const Statement& statement : script.statements) out += print(statement);
  return out;
}

std::string print(const Statement& statement) {
  TreePrinter printer;
  printer.statement(statement);
  return printer.take();
}

}  // namespace millrace::ast
