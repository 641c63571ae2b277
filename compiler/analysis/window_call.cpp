#include "compiler/analysis/window_call.h"

#include <algorithm>
#include <array>

#include "compiler/analysis/interval.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

bool is_window_function(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames{"window", "tumble", "hop", "session", "session_window", "cumulate"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

plan::WindowSpec checked_window(const ast::Expr& size, const ast::Expr* slide, const ast::Expr* offset) {
  plan::WindowSpec window;
  window.size_us = constant_duration(size, "the size of a window");
  if (window.size_us <= 0) throw SqlError(size.span, "the size of a window must be positive");
  window.slide_us = slide ? constant_duration(*slide, "the slide of a window") : window.size_us;
  if (slide && window.slide_us <= 0) throw SqlError(slide->span, "the slide of a window must be positive");
  if (window.slide_us > window.size_us) {
    throw SqlError(slide->span, "the slide of a window is longer than its size: some rows would lie in no window",
                   "mind the order: window(time, size, slide), but HOP(…, slide, size)");
  }
  if (!offset) return window;
  window.offset_us = constant_duration(*offset, "the offset of a window");
  if (window.offset_us <= -window.slide_us || window.offset_us >= window.slide_us) {
    throw SqlError(offset->span, "the offset of a window must be shorter than its slide");
  }
  return window;
}

WindowCall window_of_call(const ast::Call& call, SourceSpan span) {
  const std::string name = fold_case(call.name.text);
  if (name == "session" || name == "session_window") throw not_supported_yet(span, "session windows");
  if (name == "cumulate") throw not_supported_yet(span, "cumulating windows");
  const auto& arguments = call.arguments;
  const auto at = [&](size_t i) { return i < arguments.size() ? arguments[i].get() : nullptr; };
  if (name == "window") {
    if (arguments.size() < 2 || arguments.size() > 4) {
      throw SqlError(span, "window() takes a time, a size and, if need be, a slide and an offset",
                     "window(ts, '10 seconds', '5 seconds')");
    }
    return {at(0), checked_window(*arguments[1], at(2), at(3)), span};
  }
  if (name == "tumble") {
    if (arguments.size() != 1) throw SqlError(span, "tumble() takes a size", "tumble('5 seconds')");
    return {nullptr, checked_window(*arguments[0], nullptr, nullptr), span};
  }
  if (arguments.size() != 2) throw SqlError(span, "hop() takes a slide and a size", "hop('5 seconds', '10 seconds')");
  return {nullptr, checked_window(*arguments[1], at(0), nullptr), span};
}

WindowCall window_of_clause(const ast::WindowClause& clause) {
  if (clause.kind == ast::WindowKind::Session) throw not_supported_yet(clause.span, "session windows");
  return {nullptr, checked_window(*clause.size, clause.advance.get(), nullptr), clause.span};
}

}  // namespace millrace
