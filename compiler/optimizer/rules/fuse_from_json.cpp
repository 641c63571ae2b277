#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/expr/expr_rewrite.h"
#include "compiler/optimizer/column_flow.h"
#include "compiler/optimizer/scan_rules.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

using plan::ExprPtr;
using plan::NodePtr;

constexpr uint32_t kLine = 1;    ///< the line of the text as it is
constexpr uint32_t kRecord = 2;  ///< the STRUCT that from_json makes of the line

Schema columns_of(const SqlType& record) {
  Schema columns;
  for (const StructField& field : record.fields) columns.push_back({field.name, field.type, true});
  return columns;
}

/// One text scan, and whether all that the plan wants of its lines are fields of one from_json. Then the scan may find these fields itself. Whether a
/// STRUCT as a whole is NULL would not be known any more (a blank line's is), so nobody may ask that.
class RecordFusion : public ColumnFlow {
 public:
  explicit RecordFusion(const plan::Scan* scan) : scan_(scan) {}

  bool fits(NodePtr& root) {
    lose(walk(root));
    return fits_ && schema_;
  }

  /// The fields; after fits() has said so, as is apply().
  const SqlType& schema() const { return *schema_; }
  /// `relation`: the source of the lines as records.
  void apply(NodePtr& root, uint32_t relation) {
    apply_ = true;
    relation_ = relation;
    walk(root);
  }

 protected:
  Marks at_scan(NodePtr& node) override {
    if (&std::get<plan::Scan>(node->op) != scan_) return Marks(node->schema.size(), 0);
    if (apply_) node = scan_records(std::move(node));
    return {kLine};
  }

  /// Of the record only fields may be used, and not the line.
  void use(ExprPtr& e, const Marks& in) override {
    auto* field = std::get_if<expr::GetField>(&e->node);
    if (field && is_record(field->operand, in)) return;
    if (mark_of(*e, in) != 0) fits_ = false;
    expr::for_each_child(*e, [&](ExprPtr& child) { use(child, in); });
  }

  uint32_t project(ExprPtr& e, const Marks& in) override {
    if (mark_of(*e, in) == kLine) {
      if (apply_) e->type = *schema_;
      return kLine;
    }
    if (is_record(e, in)) return kRecord;
    use(e, in);
    return 0;
  }

  void lose(const Marks& in) override {
    fits_ = fits_ && std::all_of(in.begin(), in.end(), [](uint32_t mark) { return mark == 0; });
  }

  void retype(Column& column, uint32_t) override {
    if (apply_) column.type = *schema_;
  }

 private:
  /// The scan of the records' fields, and above it the struct of them in the place of the line.
  NodePtr scan_records(NodePtr node) const {
    const std::string name = node->schema.front().name;
    auto& scan = std::get<plan::Scan>(node->op);
    std::vector<ExprPtr> fields;
    scan.relation = relation_;
    scan.name += " as json";
    scan.fields.clear();
    node->schema = columns_of(*schema_);
    for (const Column& column : node->schema) {
      const auto i = static_cast<uint32_t>(scan.fields.size());
      scan.fields.push_back(i);
      fields.push_back(expr::column(i, column.name, column.type, true, node->span));
    }
    NodePtr made = plan::make_node(plan::Project{}, {{name, *schema_, false}}, *node);
    made->span = node->span;
    auto& project = std::get<plan::Project>(made->op);
    project.exprs.push_back(expr::make(expr::MakeStruct{std::move(fields)}, *schema_, false, node->span));
    project.input = std::move(node);
    return made;
  }

  /// Whether e is the record: a column of it, or from_json of the line, which the column then takes the place of.
  bool is_record(ExprPtr& e, const Marks& in) {
    if (mark_of(*e, in) == kRecord) {
      if (apply_) e->type = *schema_;
      return true;
    }
    auto* call = std::get_if<expr::Call>(&e->node);
    if (!call || call->function->name != "from_json" || !e->type.is(TypeKind::Struct)) return false;
    if (mark_of(*call->arguments.front(), in) != kLine) return false;
    if (!schema_) schema_ = e->type;
    if (!(*schema_ == e->type)) return false;
    if (!apply_) return true;
    ExprPtr record = std::move(call->arguments.front());
    record->type = *schema_;
    record->nullable = false;
    e = std::move(record);
    return true;
  }

  const plan::Scan* scan_;
  std::optional<SqlType> schema_;
  bool fits_ = true;
  bool apply_ = false;
  uint32_t relation_ = 0;
};

void collect_scans(const plan::Node& node, std::vector<const plan::Scan*>& found) {
  if (const auto* scan = std::get_if<plan::Scan>(&node.op)) found.push_back(scan);
  plan::for_each_input(node, [&](const plan::Node& input) { collect_scans(input, found); });
}

/// The same source, its lines read as records. A blank line stays a row.
plan::Source records_of(plan::Source source, const SqlType& schema) {
  source.spec.format = abi::Format::Json;
  source.spec.options["blank_rows"] = "true";
  source.columns = columns_of(schema);
  return source;
}

}  // namespace

plan::Query fuse_from_json(plan::Query query) {
  std::vector<const plan::Scan*> scans;
  collect_scans(*query.root, scans);
  for (const plan::Scan* scan : scans) {
    if (query.sources[scan->relation].spec.format != abi::Format::Text) continue;
    RecordFusion fusion(scan);
    if (!fusion.fits(query.root)) continue;
    const auto relation = static_cast<uint32_t>(query.sources.size());
    query.sources.push_back(records_of(query.sources[scan->relation], fusion.schema()));
    fusion.apply(query.root, relation);
  }
  return query;
}

}  // namespace millrace
