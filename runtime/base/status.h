#pragma once

#include <string>
#include <utility>

namespace millrace {

/// Whether something worked, and if not a sentence that a user can act on. Cheap while it is ok. A value: copy it, return it.
class [[nodiscard]] Status {
 public:
  Status() = default;

  static Status error(std::string message) { return Status(std::move(message)); }

  bool ok() const { return ok_; }
  const std::string& message() const { return message_; }

 private:
  explicit Status(std::string message) : ok_(false), message_(std::move(message)) {}

  bool ok_ = true;
  std::string message_;
};

}  // namespace millrace
