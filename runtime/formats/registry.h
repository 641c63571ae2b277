#pragma once

#include <span>

#include "runtime/abi/connector_spec.h"

namespace millrace {

/// The names and options of every format of the language, in the order that they are listed to users; those that are not built yet
/// say so (`supported == false`). Constants; any thread.
std::span<const abi::ConnectorSpec* const> input_formats();
std::span<const abi::ConnectorSpec* const> output_formats();

}  // namespace millrace
