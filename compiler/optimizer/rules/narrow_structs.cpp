#include <algorithm>
#include <utility>
#include <vector>

#include "compiler/expr/expr_rewrite.h"
#include "compiler/optimizer/column_flow.h"
#include "compiler/optimizer/scan_rules.h"

namespace millrace {

namespace {

using plan::ExprPtr;
using plan::NodePtr;

/// Which fields of the STRUCT columns of the scans are used, and the narrower columns when that is known. A mark is a STRUCT column of some scan.
class StructNarrowing : public ColumnFlow {
 public:
  explicit StructNarrowing(std::vector<plan::Source>& sources) : sources_(sources) {}

  /// Whether there is anything to narrow.
  bool look(NodePtr& root) {
    lose(walk(root));
    return std::any_of(columns_.begin(), columns_.end(), [](const Column& c) { return c.is_narrower(); });
  }

  /// After look() has said so.
  void apply(NodePtr& root) {
    apply_ = true;
    next_ = 0;
    for (Column& column : columns_) column.narrow();
    walk(root);
  }

 protected:
  Marks at_scan(NodePtr& node) override {
    Marks marks;
    // The rows of a view lie in memory as its query has laid them out.
    const bool is_view = sources_[std::get<plan::Scan>(node->op).relation].view.has_value();
    for (millrace::Column& column : node->schema) {
      const bool followed = column.type.is(TypeKind::Struct) && !is_view;
      marks.push_back(followed ? ++next_ : 0);
      if (!followed) continue;
      if (!apply_) columns_.emplace_back(column.type);
      retype(column, marks.back());
    }
    if (apply_) read_narrower(std::get<plan::Scan>(node->op), marks);
    return marks;
  }

  void use(ExprPtr& e, const Marks& in) override {
    if (auto* field = std::get_if<expr::GetField>(&e->node)) {
      if (const uint32_t mark = mark_of(*field->operand, in)) return use_field(*field, columns_[mark - 1]);
    }
    if (auto* test = std::get_if<expr::IsNull>(&e->node)) {
      if (const uint32_t mark = mark_of(*test->operand, in)) return become(*test->operand, mark);
    }
    if (const uint32_t mark = mark_of(*e, in)) columns_[mark - 1].whole = true;
    expr::for_each_child(*e, [&](ExprPtr& child) { use(child, in); });
  }

  uint32_t project(ExprPtr& e, const Marks& in) override {
    const uint32_t mark = mark_of(*e, in);
    if (mark != 0) become(*e, mark);
    else use(e, in);
    return mark;
  }

  void lose(const Marks& in) override {
    for (const uint32_t mark : in) {
      if (mark != 0) columns_[mark - 1].whole = true;
    }
  }

  void retype(millrace::Column& column, uint32_t mark) override {
    if (apply_) column.type = columns_[mark - 1].type;
  }

 private:
  struct Column {
    explicit Column(SqlType declared) : type(std::move(declared)), used(type.fields.size(), false) {}

    SqlType type;
    std::vector<bool> used;
    bool whole = false;
    std::vector<uint32_t> to;  ///< where each used field has gone

    bool is_narrower() const { return !whole && std::find(used.begin(), used.end(), false) != used.end(); }

    void narrow() {
      to.resize(used.size());
      std::vector<StructField> kept;
      for (size_t i = 0; i < used.size(); ++i) {
        to[i] = static_cast<uint32_t>(kept.size());
        if (used[i] || whole) kept.push_back(std::move(type.fields[i]));
      }
      type.fields = std::move(kept);
    }
  };

  /// Other scans of the source may need more: this one gets a source of its own in the query (the job reads it once all the same).
  void read_narrower(plan::Scan& scan, const Marks& marks) {
    const auto narrower = [&](uint32_t mark) { return mark != 0 && columns_[mark - 1].is_narrower(); };
    if (std::none_of(marks.begin(), marks.end(), narrower)) return;
    plan::Source source = sources_[scan.relation];
    for (size_t i = 0; i < marks.size(); ++i) {
      if (marks[i] != 0) source.columns[scan.fields[i]].type = columns_[marks[i] - 1].type;
    }
    scan.relation = static_cast<uint32_t>(sources_.size());
    sources_.push_back(std::move(source));
  }

  void become(expr::Expr& e, uint32_t mark) const {
    if (apply_) e.type = columns_[mark - 1].type;
  }

  void use_field(expr::GetField& field, Column& column) {
    if (!apply_) {
      column.used[field.index] = true;
      return;
    }
    field.operand->type = column.type;
    field.index = column.to[field.index];
  }

  std::vector<plan::Source>& sources_;
  std::vector<Column> columns_;
  uint32_t next_ = 0;
  bool apply_ = false;
};

}  // namespace

plan::Query narrow_structs(plan::Query query) {
  StructNarrowing narrowing(query.sources);
  if (narrowing.look(query.root)) narrowing.apply(query.root);
  return query;
}

}  // namespace millrace
