#pragma once

#include <cstdint>
#include <vector>

#include "compiler/plan/plan.h"

namespace millrace {

/// Follows columns of a scan through the operators above it, for rules that change what the scan gives when they know all its uses. A column carries
/// a mark, 0 for what is not followed. The same walk looks at the plan first and changes it afterwards: what the hooks do decides.
class ColumnFlow {
 public:
  using Marks = std::vector<uint32_t>;  ///< by column
  virtual ~ColumnFlow() = default;

  /// Visits a plan, inputs first, and gives the marks of its output. Schemas of columns on the way are given their marks' types.
  Marks walk(plan::NodePtr& node);

 protected:
  /// The marks of a scan's columns; may put another node in its place whose columns stand at the same positions.
  virtual Marks at_scan(plan::NodePtr& scan) = 0;
  /// An expression that is computed, over columns with these marks.
  virtual void use(plan::ExprPtr& e, const Marks& in) = 0;
  /// A projected expression: the mark of the column that it gives.
  virtual uint32_t project(plan::ExprPtr& e, const Marks& in) = 0;
  /// Marked columns come where they cannot be followed.
  virtual void lose(const Marks& in) = 0;
  virtual void retype(Column& column, uint32_t mark) = 0;

  /// The mark of a column reference, 0 of anything else.
  static uint32_t mark_of(const expr::Expr& e, const Marks& in);

 private:
  Marks through(plan::Filter& n, const plan::Node& node, const std::vector<Marks>& in);
  Marks through(plan::ObserveTime& n, const plan::Node& node, const std::vector<Marks>& in);
  Marks through(plan::Limit& n, const plan::Node& node, const std::vector<Marks>& in);
  Marks through(plan::Keep& n, const plan::Node& node, const std::vector<Marks>& in);
  Marks through(plan::Integrate& n, const plan::Node& node, const std::vector<Marks>& in);
  Marks through(plan::Sort& n, const plan::Node& node, const std::vector<Marks>& in);
  Marks through(plan::Over& n, const plan::Node& node, const std::vector<Marks>& in);
  Marks through(plan::WindowAssign& n, const plan::Node& node, const std::vector<Marks>& in);
  Marks through(plan::Generate& n, const plan::Node& node, const std::vector<Marks>& in);
  Marks through(plan::Project& n, const plan::Node& node, const std::vector<Marks>& in);
  Marks through(plan::Join& n, const plan::Node& node, const std::vector<Marks>& in);
  Marks through(plan::Aggregate& n, const plan::Node& node, const std::vector<Marks>& in);
  Marks through(auto& n, const plan::Node& node, const std::vector<Marks>& in);
};

}  // namespace millrace
