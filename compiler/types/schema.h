#pragma once

#include <string>
#include <vector>

#include "compiler/types/sql_type.h"

namespace millrace {

/// A column of a relation or of a plan node's output.
struct Column {
  std::string name;  ///< as spelled by the query or the declaration; resolved without regard to letter case
  SqlType type;
  bool nullable = true;
  bool operator==(const Column&) const = default;
};

using Schema = std::vector<Column>;

}  // namespace millrace
