#pragma once

#include <memory>

#include "runtime/abi/program.h"
#include "runtime/base/result.h"
#include "runtime/connectors/connector.h"
#include "runtime/connectors/connector_specs.h"
#include "runtime/connectors/console_sink.h"

namespace millrace {

/// A source for a stream or a table, by its connector's name; not opened yet.
Result<std::unique_ptr<Source>> make_source(const abi::SourceSpec& spec, const ConnectorContext& context);

/// A sink for a query; not opened yet. `query` and `output` outlive it.
Result<std::unique_ptr<Sink>> make_sink(const abi::QuerySpec& query, SharedOutput* output, const ConnectorContext& context);

}  // namespace millrace
