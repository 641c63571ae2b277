#include "compiler/driver/query_shape.h"

#include <string_view>
#include <variant>

#include "compiler/plan/plan_printer.h"

namespace millrace {

namespace {

std::string_view mode_text(abi::EmitMode mode) {
  switch (mode) {
    case abi::EmitMode::Append: return "EMIT APPEND";
    case abi::EmitMode::Update: return "EMIT UPDATE";
    case abi::EmitMode::Complete: return "EMIT COMPLETE";
  }
  return "?";
}

/// Behind a filter a column may be known not to be NULL.
std::string without_not_null(std::string text) {
  constexpr std::string_view kNotNull = " NOT NULL";
  for (size_t at; (at = text.find(kNotNull)) != std::string::npos;) text.erase(at, kNotNull.size());
  return text;
}

/// Of the projections and filters at the top the projections; the rest as it is.
std::string plan_lines(const plan::Node& root) {
  std::string text;
  const plan::Node* node = &root;
  for (;;) {
    if (const auto* filter = std::get_if<plan::Filter>(&node->op)) {
      node = filter->input.get();
      continue;
    }
    const std::string whole = plan::print(*node);
    const auto* project = std::get_if<plan::Project>(&node->op);
    if (project == nullptr) return text + whole;
    text += without_not_null(whole.substr(0, whole.find('\n') + 1));
    node = project->input.get();
  }
}

/// Filters that matter are in the plan.
std::string pipeline_line(const pipeline::PhysicalQuery& physical, const pipeline::Pipeline& pipeline) {
  std::string text;
  for (const std::string& step : pipeline::describe_steps(physical, pipeline)) {
    if (!step.starts_with("filter ")) text += (text.empty() ? "pipeline: " : " -> ") + step;
  }
  return text + "\n";
}

}  // namespace

std::string query_shape(const plan::Query& query, const pipeline::PhysicalQuery& physical) {
  std::string text = std::string(mode_text(query.mode)) + "\n" + plan_lines(*query.root);
  for (const pipeline::Pipeline& pipeline : physical.pipelines) text += pipeline_line(physical, pipeline);
  for (size_t slot = 0; slot < physical.states.size(); ++slot) text += "state: " + pipeline::describe(physical, slot) + "\n";
  return text;
}

}  // namespace millrace
