#include "runtime/connectors/connector_specs.h"

#include <set>

#include <catch2/catch.hpp>

#include "runtime/connectors/registry.h"

using namespace millrace;

TEST_CASE("connectors and their options have distinct names and say what they are") {
  for (auto connectors : {source_connectors(), sink_connectors()}) {
    std::set<std::string_view> names;
    for (const abi::ConnectorSpec* connector : connectors) {
      CHECK(names.insert(connector->name).second);
      CHECK_FALSE(connector->help.empty());
      std::set<std::string_view> options;
      for (const abi::OptionSpec& option : connector->options) {
        CHECK(options.insert(option.name).second);
        CHECK_FALSE(option.help.empty());
      }
    }
  }
}

TEST_CASE("every source that is said to be supported can be made, the others say that they are not built") {
  for (const abi::ConnectorSpec* connector : source_connectors()) {
    abi::SourceSpec spec;
    spec.connector = connector->name;
    auto made = make_source(spec, {});
    CHECK(made.has_value() == connector->supported);
    if (!made) CHECK(made.error().message().starts_with("not supported yet: "));
  }
}

TEST_CASE("every sink that is said to be supported can be made, the others say that they are not built") {
  SharedOutput output;
  for (const abi::ConnectorSpec* connector : sink_connectors()) {
    abi::QuerySpec query;
    query.sink.connector = connector->name;
    query.sink.format = abi::OutputFormat::Json;
    auto made = make_sink(query, &output, {});
    CHECK(made.has_value() == connector->supported);
    if (!made) CHECK(made.error().message().starts_with("not supported yet: "));
  }
}
