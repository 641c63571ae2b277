#include <utility>

#include "compiler/optimizer/rules.h"
#include "compiler/plan/plan_rewrite.h"

namespace millrace {

namespace {

bool is_identity(const plan::Project& project) {
  if (project.exprs.size() != project.input->schema.size()) return false;
  for (uint32_t i = 0; i < project.exprs.size(); ++i) {
    const auto* ref = std::get_if<expr::ColumnRef>(&project.exprs[i]->node);
    if (!ref || ref->index != i) return false;
  }
  return true;
}

bool same_names(const Schema& a, const Schema& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].name != b[i].name) return false;
  }
  return true;
}

plan::NodePtr remove_node(plan::NodePtr node) {
  auto* project = std::get_if<plan::Project>(&node->op);
  if (!project || !is_identity(*project)) return node;
  if (!project->input->watermark_column) project->input->watermark_column = node->watermark_column;
  return std::move(project->input);
}

}  // namespace

plan::NodePtr remove_identity_projections(plan::NodePtr root) {
  plan::for_each_input(*root, [](plan::NodePtr& input) { input = plan::rewrite_bottom_up(std::move(input), remove_node); });
  // The root names the columns of the result.
  auto* project = std::get_if<plan::Project>(&root->op);
  if (project && is_identity(*project) && same_names(root->schema, project->input->schema)) return remove_node(std::move(root));
  return root;
}

}  // namespace millrace
