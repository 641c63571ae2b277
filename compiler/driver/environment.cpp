#include "compiler/driver/environment.h"

#include <stdexcept>

#include "runtime/connectors/registry.h"
#include "runtime/formats/registry.h"

namespace millrace {
namespace {

Schema infer_schema(const abi::SourceSpec& source) {
  throw std::runtime_error("not supported yet: finding out the columns of table '" + source.name + "' from its file; declare them");
}

}  // namespace

Environment make_environment(std::string base_directory, std::string format) {
  Environment environment;
  environment.sources = source_connectors();
  environment.sinks = sink_connectors();
  environment.input_formats = input_formats();
  environment.output_formats = output_formats();
  environment.base_directory = std::move(base_directory);
  environment.infer_schema = infer_schema;
  environment.settings["format"] = std::move(format);
  return environment;
}

}  // namespace millrace
