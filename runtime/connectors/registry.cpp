#include "runtime/connectors/registry.h"

#include "runtime/connectors/connector_options.h"
#include "runtime/connectors/directory_sink.h"
#include "runtime/connectors/directory_source.h"
#include "runtime/connectors/file_sink.h"
#include "runtime/connectors/file_source.h"
#include "runtime/connectors/generator.h"
#include "runtime/connectors/listen_source.h"
#include "runtime/connectors/patient_sink.h"
#include "runtime/connectors/socket_server_sink.h"
#include "runtime/connectors/socket_sink.h"
#include "runtime/connectors/socket_source.h"
#include "runtime/connectors/sse_source.h"
#include "runtime/connectors/stdin_source.h"

namespace millrace {

namespace {

using MadeSource = Result<std::unique_ptr<Source>>;

constexpr int64_t kDefaultMaxLine = int64_t{16} << 20;
constexpr int64_t kDefaultMaxClients = 500;

Status not_supported_yet(std::string_view what) { return Status::error("not supported yet: " + std::string(what)); }

TcpEndpoint endpoint_of(const abi::Options& given) {
  return {std::string(text_option(given, "host", "127.0.0.1")), integer_option(given, "port", 0),
          duration_option_us(given, "peer_timeout", kDefaultPeerTimeoutUs)};
}

MadeSource make_socket(const abi::SourceSpec& spec, const ConnectorContext& context) {
  TcpEndpoint endpoint = endpoint_of(spec.options);
  if (flag_option(spec.options, "listen")) {
    int64_t max_line = integer_option(spec.options, "max_line", kDefaultMaxLine);
    return std::unique_ptr<Source>(new ListenSource(std::move(endpoint), {max_line, integer_option(spec.options, "max_clients", kDefaultMaxClients)}, context));
  }
  SocketOptions options;
  options.endpoint = std::move(endpoint);
  options.connect_timeout_us = duration_option_us(spec.options, "connect_timeout", options.connect_timeout_us);
  options.reconnect = flag_option(spec.options, "reconnect");
  return std::unique_ptr<Source>(new SocketSource(std::move(options), context));
}

MadeSource make_file(const abi::SourceSpec& spec, const ConnectorContext&) {
  return std::unique_ptr<Source>(new FileSource(std::string(text_option(spec.options, "path"))));
}

MadeSource make_directory(const abi::SourceSpec& spec, const ConnectorContext& context) {
  std::string folder(text_option(spec.options, "path"));
  return std::unique_ptr<Source>(new DirectorySource(std::move(folder), std::string(text_option(spec.options, "pattern", "*")), context));
}

MadeSource make_stdin(const abi::SourceSpec&, const ConnectorContext& context) {
  return std::unique_ptr<Source>(new StdinSource(context));
}

MadeSource make_generator(const abi::SourceSpec& spec, const ConnectorContext& context) {
  GeneratorOptions options;
  options.kind = text_option(spec.options, "kind", "iot");
  options.rate = integer_option(spec.options, "rate", 0);
  options.rows = optional_integer(spec.options, "rows");
  options.seed = static_cast<uint64_t>(integer_option(spec.options, "seed", 1));
  options.start_time_ns = optional_integer(spec.options, "start_time");
  options.table = text_option(spec.options, "table");
  options.scale = number_option(spec.options, "scale", options.scale);
  return std::unique_ptr<Source>(new GeneratorSource(options, context));
}

MadeSource make_sse(const abi::SourceSpec& spec, const ConnectorContext& context) {
  SseOptions options;
  options.url = text_option(spec.options, "url");
  options.event = text_option(spec.options, "event");
  options.last_event_id = text_option(spec.options, "last_event_id");
  options.ca_file = text_option(spec.options, "ca_file");
  options.user_agent = text_option(spec.options, "user_agent", options.user_agent);
  options.reconnect = flag_option(spec.options, "reconnect");
  options.connect_timeout_us = duration_option_us(spec.options, "connect_timeout", options.connect_timeout_us);
  options.peer_timeout_us = duration_option_us(spec.options, "peer_timeout", options.peer_timeout_us);
  options.max_line = integer_option(spec.options, "max_line", kDefaultMaxLine);
  return std::unique_ptr<Source>(new SseSource(std::move(options), context));
}

struct SourceRow {
  std::string_view connector;
  MadeSource (*make)(const abi::SourceSpec&, const ConnectorContext&);
};
constexpr SourceRow kSources[] = {{"socket", &make_socket}, {"file", &make_file},           {"directory", &make_directory},
                                  {"stdin", &make_stdin},   {"generator", &make_generator}, {"sse", &make_sse}};

using MadeSink = Result<std::unique_ptr<Sink>>;

/// What a sink may need of its job.
struct SinkPlace {
  SharedOutput* output;
  const ConnectorContext& context;
};

MadeSink make_console(const abi::QuerySpec& query, const SinkPlace& place) {
  return std::unique_ptr<Sink>(new ConsoleSink(query, place.output));
}

MadeSink make_patient(std::unique_ptr<Sink> sink, const abi::QuerySpec& query, const SinkPlace& place) {
  const int64_t retry_for_us = duration_option_us(query.sink.options, "retry_for", kDefaultRetryForUs);
  return std::unique_ptr<Sink>(new PatientSink(std::move(sink), {retry_for_us, place.context}));
}

MadeSink make_file_sink(const abi::QuerySpec& query, const SinkPlace& place) { return make_patient(std::make_unique<FileSink>(query), query, place); }

MadeSink make_directory_sink(const abi::QuerySpec& query, const SinkPlace& place) {
  return make_patient(std::make_unique<DirectorySink>(query), query, place);
}

MadeSink make_socket_sink(const abi::QuerySpec& query, const SinkPlace& place) {
  const abi::Options& given = query.sink.options;
  TcpEndpoint endpoint = endpoint_of(given);
  if (flag_option(given, "listen")) {
    SocketServerSinkOptions options;
    options.endpoint = std::move(endpoint);
    options.max_clients = integer_option(given, "max_clients", options.max_clients);
    options.client_buffer = integer_option(given, "client_buffer", options.client_buffer);
    options.client_timeout_us = duration_option_us(given, "client_timeout", options.client_timeout_us);
    return std::unique_ptr<Sink>(new SocketServerSink(query, std::move(options), place.context));
  }
  SocketSinkOptions options;
  options.endpoint = std::move(endpoint);
  options.connect_timeout_us = duration_option_us(given, "connect_timeout", options.connect_timeout_us);
  options.reconnect = flag_option(given, "reconnect");
  return std::unique_ptr<Sink>(new SocketSink(query, std::move(options), place.context));
}

MadeSink make_blackhole(const abi::QuerySpec&, const SinkPlace&) { return std::unique_ptr<Sink>(new BlackholeSink); }

struct SinkRow {
  std::string_view connector;
  MadeSink (*make)(const abi::QuerySpec&, const SinkPlace&);
};
constexpr SinkRow kSinks[] = {{"console", &make_console},
                              {"file", &make_file_sink},
                              {"directory", &make_directory_sink},
                              {"socket", &make_socket_sink},
                              {"blackhole", &make_blackhole}};

}  // namespace

Result<std::unique_ptr<Source>> make_source(const abi::SourceSpec& spec, const ConnectorContext& context) {
  for (const SourceRow& row : kSources) {
    if (row.connector == spec.connector) return row.make(spec, context);
  }
  return not_supported_yet("source connector '" + spec.connector + "'");
}

Result<std::unique_ptr<Sink>> make_sink(const abi::QuerySpec& query, SharedOutput* output, const ConnectorContext& context) {
  for (const SinkRow& row : kSinks) {
    if (row.connector == query.sink.connector) return row.make(query, {output, context});
  }
  return not_supported_yet("sink connector '" + query.sink.connector + "'");
}

}  // namespace millrace
