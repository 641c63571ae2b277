#pragma once

#include "compiler/functions/signature.h"

namespace millrace {

/// A cast that a native function does; its one SQL argument is of type `from`, NULL never reaches it.
struct NativeCast {
  TypeKind from = TypeKind::Null;
  TypeKind to = TypeKind::Null;
  ResultForm form = ResultForm::Value;
  bool takes_context = false;
  NativeFunction native;
  std::vector<int64_t> parameters;  ///< of the two types: passed after the value
};

/// nullopt when the cast needs no function: between integer kinds (a range check), integer or BOOLEAN to DOUBLE or FLOAT, FLOAT and DOUBLE to
/// each other, numbers and BOOLEAN to each other, STRING and BINARY to each other (the same bytes).
std::optional<NativeCast> find_cast(const SqlType& from, const SqlType& to);

}  // namespace millrace
