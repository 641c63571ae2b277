#pragma once

#include <span>

#include "runtime/abi/connector_spec.h"

namespace millrace {

/// The names and options of every connector of the language, in the order that they are listed to users; those that are not built
/// yet say so (`supported == false`). Constants; any thread.
std::span<const abi::ConnectorSpec* const> source_connectors();
std::span<const abi::ConnectorSpec* const> sink_connectors();

}  // namespace millrace
