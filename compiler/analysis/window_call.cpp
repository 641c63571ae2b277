#include "compiler/analysis/window_call.h"

#include <algorithm>
#include <array>

#include "compiler/analysis/interval.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

namespace {

int64_t positive_duration(const ast::Expr& e, const std::string& what) {
  const int64_t duration = constant_duration(e, what);
  if (duration <= 0) throw SqlError(e.span, what + " must be positive");
  return duration;
}

/// An offset of a whole period or more would say the same as a shorter one.
int64_t checked_offset(const ast::Expr& e, int64_t period_us, const std::string& period) {
  const int64_t offset = constant_duration(e, "the offset of a window");
  if (offset > -period_us && offset < period_us) return offset;
  throw SqlError(e.span, "the offset of a window must be shorter than its " + period);
}

/// What a window function takes, and how to say it.
struct Form {
  std::string_view name;
  size_t fewest, most;
  std::string_view takes;
  std::string_view example;
};
constexpr std::array<Form, 6> kForms{{
    {"window", 2, 4, "a time, a size and, if need be, a slide and an offset", "window(ts, '10 seconds', '5 seconds')"},
    {"session_window", 2, 2, "a time and a gap", "session_window(ts, '5 minutes')"},
    {"tumble", 1, 2, "a size and, if need be, an offset", "tumble('5 seconds')"},
    {"hop", 2, 3, "a slide, a size and, if need be, an offset", "hop('5 seconds', '10 seconds')"},
    {"session", 1, 1, "a gap", "session('5 minutes')"},
    {"cumulate", 2, 3, "a step, a size and, if need be, an offset", "cumulate('1 hour', '1 day')"},
}};

/// Flink's group windows name their time first, which the others leave to the relation's event time: TUMBLE(ts, size).
const ast::Expr* leading_time(std::string_view name, const std::vector<ast::ExprPtr>& arguments) {
  if (name == "window" || name == "session_window" || arguments.empty()) return nullptr;
  return std::holds_alternative<ast::ColumnName>(arguments[0]->node) ? arguments[0].get() : nullptr;
}

const Form& form_of(std::string_view name) {
  return *std::find_if(kForms.begin(), kForms.end(), [&](const Form& form) { return form.name == name; });
}

}  // namespace

bool is_window_function(std::string_view name) {
  return std::any_of(kForms.begin(), kForms.end(), [&](const Form& form) { return form.name == name; });
}

plan::WindowSpec checked_window(const ast::Expr& size, const ast::Expr* slide, const ast::Expr* offset) {
  plan::WindowSpec window;
  window.size_us = positive_duration(size, "the size of a window");
  window.slide_us = slide ? positive_duration(*slide, "the slide of a window") : window.size_us;
  if (window.slide_us > window.size_us) {
    throw SqlError(slide->span, "the slide of a window is longer than its size: some rows would lie in no window",
                   "mind the order: window(time, size, slide), but HOP(…, slide, size)");
  }
  if (offset) window.offset_us = checked_offset(*offset, window.slide_us, slide ? "slide" : "size");
  return window;
}

plan::WindowSpec checked_cumulation(const ast::Expr& step, const ast::Expr& size, const ast::Expr* offset) {
  plan::WindowSpec window;
  window.kind = plan::WindowKind::Cumulating;
  window.slide_us = positive_duration(step, "the step of a cumulating window");
  window.size_us = positive_duration(size, "the size of a cumulating window");
  if (window.slide_us > window.size_us) {
    throw SqlError(step.span, "the step of a cumulating window is longer than its size",
                   "mind the order: CUMULATE(…, step, size)");
  }
  if (window.size_us % window.slide_us != 0) {
    throw SqlError(size.span, "the size of a cumulating window must be a whole number of steps");
  }
  if (offset) window.offset_us = checked_offset(*offset, window.size_us, "size");
  return window;
}

plan::WindowSpec checked_session(const ast::Expr& gap) {
  plan::WindowSpec window;
  window.kind = plan::WindowKind::Session;
  window.size_us = window.slide_us = positive_duration(gap, "the gap of a session");
  return window;
}

WindowCall window_of_call(const ast::Call& call, SourceSpan span) {
  const std::string name = fold_case(call.name.text);
  const Form& form = form_of(name);
  const auto& arguments = call.arguments;
  const ast::Expr* time = leading_time(name, arguments);
  const size_t skipped = time ? 1 : 0;
  if (arguments.size() < form.fewest + skipped || arguments.size() > form.most + skipped) {
    throw SqlError(span, name + "() takes " + std::string(form.takes), std::string(form.example));
  }
  const auto at = [&](size_t i) { return i + skipped < arguments.size() ? arguments[i + skipped].get() : nullptr; };
  if (name == "window") return {at(0), checked_window(*at(1), at(2), at(3)), span};
  if (name == "session_window") return {at(0), checked_session(*at(1)), span};
  if (name == "tumble") return {time, checked_window(*at(0), nullptr, at(1)), span};
  if (name == "hop") return {time, checked_window(*at(1), at(0), at(2)), span};
  if (name == "cumulate") return {time, checked_cumulation(*at(0), *at(1), at(2)), span};
  return {time, checked_session(*at(0)), span};
}

WindowCall window_of_clause(const ast::WindowClause& clause) {
  if (clause.kind == ast::WindowKind::Session) return {nullptr, checked_session(*clause.size), clause.span};
  return {nullptr, checked_window(*clause.size, clause.advance.get(), nullptr), clause.span};
}

}  // namespace millrace
