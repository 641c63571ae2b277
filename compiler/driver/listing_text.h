#pragma once

#include <string>

#include "compiler/analysis/analyzer.h"

namespace millrace {

/// A line a row, tabs between the cells: for programs.
std::string tabbed(const AnalyzedListing& listing);
/// A framed table, nothing cut: for people.
std::string framed(const AnalyzedListing& listing);

}  // namespace millrace
