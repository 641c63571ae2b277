#pragma once

namespace millrace {

/// Builds a visitor of a std::variant from short lambdas. For more than a few lines a case, write a named struct instead.
template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace millrace
