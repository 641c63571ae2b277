#include "runtime/connectors/connector_specs.h"

#include "runtime/connectors/records/record_kinds.h"

namespace millrace {

namespace {

using abi::ConnectorSpec;
using abi::OptionKind;
using abi::OptionSpec;

constexpr OptionSpec kHost{.name = "host", .default_value = "127.0.0.1", .help = "name or address"};
constexpr OptionSpec kPort{
    .name = "port", .kind = OptionKind::Integer, .required = true, .help = "TCP port", .min = 1, .max = 65535};
constexpr OptionSpec kMaxLine{.name = "max_line",
                              .kind = OptionKind::Integer,
                              .default_value = "16777216",
                              .help = "bytes of the longest line; a longer one is an error row",
                              .min = 64,
                              .max = 1 << 30};
constexpr OptionSpec kDeadLetter{
    .name = "dead_letter", .kind = OptionKind::Path, .help = "file to which malformed lines are appended, a JSON object each"};
constexpr OptionSpec kDurable{.name = "durable",
                              .kind = OptionKind::Boolean,
                              .default_value = "false",
                              .help = "keep what was received until a checkpoint has it: a failure loses none of it"};
constexpr OptionSpec kRetryFor{.name = "retry_for",
                               .kind = OptionKind::Duration,
                               .default_value = "5 seconds",
                               .help = "how long a write that fails (no room, no access) is tried again before the query ends"};
constexpr OptionSpec kKeepingRetryFor{.name = "retry_for",
                                      .kind = OptionKind::Duration,
                                      .default_value = "5 seconds",
                                      .help = "how long the source waits when what is to be kept of it cannot be written",
                                      .with_option = "durable",
                                      .with_value = "true",
                                      .or_with = "dead_letter"};
constexpr OptionSpec kLettersRetryFor{.name = "retry_for",
                                      .kind = OptionKind::Duration,
                                      .default_value = "5 seconds",
                                      .help = "how long the source waits when a line that is to be kept cannot be written",
                                      .with_option = "dead_letter"};
constexpr OptionSpec kPath{.name = "path", .kind = OptionKind::Path, .required = true, .help = "a file"};
constexpr OptionSpec kPattern{.name = "pattern", .default_value = "*", .help = "which files of the folder, as in the shell"};
constexpr OptionSpec kUrl{.name = "url", .required = true, .help = "address"};
constexpr OptionSpec kTopic{.name = "topic", .required = true, .help = "topic"};
constexpr OptionSpec kGroup{.name = "group", .help = "consumer group"};

constexpr OptionSpec kConnectTimeout{.name = "connect_timeout",
                                     .kind = OptionKind::Duration,
                                     .default_value = "10 seconds",
                                     .help = "how long to try until the other side accepts"};
constexpr OptionSpec kReconnect{.name = "reconnect",
                                .kind = OptionKind::Boolean,
                                .default_value = "false",
                                .help = "connect again, with growing pauses, when the connection ends"};

constexpr OptionSpec kPeerTimeout{.name = "peer_timeout",
                                  .kind = OptionKind::Duration,
                                  .default_value = "60 seconds",
                                  .help = "how long the other side may not answer the system's questions whether it is still there before it counts as gone"};

constexpr OptionSpec kMaxClients{.name = "max_clients",
                                 .kind = OptionKind::Integer,
                                 .default_value = "500",
                                 .help = "with listen: connections at a time; further ones are refused",
                                 .min = 1,
                                 .max = 1'000'000};

constexpr OptionSpec kSocketSourceOptions[] = {
    kHost,
    kPort,
    kConnectTimeout,
    kReconnect,
    kPeerTimeout,
    {.name = "listen",
     .kind = OptionKind::Boolean,
     .default_value = "false",
     .help = "accept many senders instead of connecting to one"},
    kMaxClients,
    kMaxLine,
    kDurable,
    kDeadLetter,
    kKeepingRetryFor,
};
constexpr ConnectorSpec kSocketSource{.name = "socket",
                                      .help = "lines from a TCP connection, or from every client that connects",
                                      .source = true,
                                      .options = kSocketSourceOptions};

constexpr OptionSpec kFileSourceOptions[] = {
    {.name = "path", .kind = OptionKind::Path, .required = true, .help = "a file or a glob; .gz and .zst are decompressed"},
    kMaxLine,
    kDeadLetter,
    kLettersRetryFor,
};
constexpr ConnectorSpec kFileSource{
    .name = "file", .help = "the lines of files, read once", .source = true, .bounded = true, .options = kFileSourceOptions};

constexpr OptionSpec kFolder{.name = "path", .kind = OptionKind::Path, .required = true, .help = "a folder"};
constexpr OptionSpec kDirectorySourceOptions[] = {kFolder, kPattern, kMaxLine, kDeadLetter, kLettersRetryFor};
constexpr ConnectorSpec kDirectorySource{.name = "directory",
                                         .help = "files as they appear in a folder, each once, when they are whole; .gz and .zst are decompressed",
                                         .source = true,
                                         .options = kDirectorySourceOptions};

constexpr OptionSpec kStdinOptions[] = {kMaxLine, kDurable, kDeadLetter, kKeepingRetryFor};
constexpr ConnectorSpec kStdinSource{
    .name = "stdin", .help = "the lines of standard input", .source = true, .bounded = true, .options = kStdinOptions};

constexpr OptionSpec kGeneratorOptions[] = {
    {.name = "kind", .default_value = "iot", .help = "which records", .choices = kRecordKindNames},
    {.name = "rate",
     .kind = OptionKind::Integer,
     .default_value = "0",
     .help = "rows a second; 0: as fast as possible",
     .min = 0,
     .max = 1'000'000'000},
    {.name = "rows", .kind = OptionKind::Integer, .help = "how many, then the source ends; when not given it is endless, or a table whole", .min = 0},
    {.name = "seed", .kind = OptionKind::Integer, .default_value = "1", .help = "the same seed gives the same rows", .min = 0},
    {.name = "start_time",
     .kind = OptionKind::Integer,
     .help = "nanoseconds since the epoch that the records' clock starts from, instead of now",
     .min = 0},
    {.name = "table",
     .required = true,
     .help = "which of the benchmark's tables",
     .choices = kTpchTables,
     .with_option = "kind",
     .with_value = "tpch"},
    {.name = "scale",
     .kind = OptionKind::Number,
     .default_value = "0.01",
     .help = "the tables' size: 1 makes 6 million rows of lineitem",
     .min = 0,
     .max = 1000,
     .with_option = "kind",
     .with_value = "tpch"},
};
constexpr std::string_view kGeneratorEndsBy[] = {"rows", "table"};
constexpr ConnectorSpec kGeneratorSource{
    .name = "generator", .help = "made-up records", .source = true, .options = kGeneratorOptions, .bounding_options = kGeneratorEndsBy};

constexpr OptionSpec kSseOptions[] = {
    {.name = "url", .required = true, .help = "http or https address of the event stream"},
    {.name = "event", .help = "only events of this type"},
    {.name = "last_event_id", .help = "begin after the event with this id, if the server can"},
    {.name = "ca_file", .kind = OptionKind::Path, .help = "certificates to trust, in place of the system's"},
    {.name = "user_agent", .default_value = "millrace", .help = "what the server is told of who asks"},
    {.name = "reconnect",
     .kind = OptionKind::Boolean,
     .default_value = "true",
     .help = "connect again when the connection ends, from the last event on"},
    kConnectTimeout,
    kPeerTimeout,
    kMaxLine,
    kDurable,
    kDeadLetter,
    kKeepingRetryFor,
};
constexpr ConnectorSpec kSseSource{
    .name = "sse", .help = "the data of Server-Sent Events, a line each", .source = true, .options = kSseOptions};

constexpr OptionSpec kKafkaOptions[] = {{.name = "brokers", .required = true, .help = "host:port, …"}, kTopic, kGroup,
                                        {.name = "start", .default_value = "latest", .help = "where to begin"}};
constexpr ConnectorSpec kKafka{
    .name = "kafka", .help = "a Kafka topic", .source = true, .sink = true, .supported = false, .options = kKafkaOptions};
constexpr OptionSpec kNatsOptions[] = {kUrl, {.name = "subject", .required = true, .help = "subject"}, kGroup};
constexpr ConnectorSpec kNats{
    .name = "nats", .help = "a NATS subject", .source = true, .sink = true, .supported = false, .options = kNatsOptions};
constexpr OptionSpec kMqttOptions[] = {kUrl, kTopic, kGroup};
constexpr ConnectorSpec kMqtt{
    .name = "mqtt", .help = "an MQTT topic", .source = true, .sink = true, .supported = false, .options = kMqttOptions};

constexpr OptionSpec kConsoleOptions[] = {
    {.name = "truncate",
     .default_value = "20",
     .help = "characters that a cell is cut to; false: nothing is cut and cells are left-aligned"},
    {.name = "rows", .kind = OptionKind::Integer, .default_value = "20", .help = "rows that a table shows", .min = 0},
};
constexpr ConnectorSpec kConsoleSink{
    .name = "console", .help = "standard output", .sink = true, .options = kConsoleOptions};

constexpr std::string_view kFileModes[] = {"overwrite", "append"};
constexpr OptionSpec kFileSinkOptions[] = {
    kPath,
    {.name = "mode",
     .default_value = "overwrite",
     .help = "overwrite: starts empty, and holds the last batch only under EMIT COMPLETE; append: keeps what is there",
     .choices = kFileModes},
    kRetryFor,
};
constexpr ConnectorSpec kFileSink{.name = "file", .help = "a file", .sink = true, .options = kFileSinkOptions};

constexpr OptionSpec kDirectorySinkOptions[] = {kFolder, kRetryFor};
constexpr ConnectorSpec kDirectorySink{.name = "directory",
                                       .help = "a new file a batch in a folder, visible when it is whole; EMIT APPEND only",
                                       .sink = true,
                                       .options = kDirectorySinkOptions};
constexpr OptionSpec kSocketSinkOptions[] = {
    kHost,
    kPort,
    kConnectTimeout,
    kReconnect,
    kPeerTimeout,
    {.name = "listen",
     .kind = OptionKind::Boolean,
     .default_value = "false",
     .help = "serve every client that connects instead of connecting to one reader"},
    kMaxClients,
    {.name = "client_buffer",
     .kind = OptionKind::Integer,
     .default_value = "16777216",
     .help = "with listen: bytes that may wait for a slow client before the query waits for it",
     .min = 1,
     .max = int64_t{1} << 40},
    {.name = "client_timeout",
     .kind = OptionKind::Duration,
     .default_value = "5 seconds",
     .help = "with listen: a client that does not read at all for so long is disconnected"},
};
constexpr ConnectorSpec kSocketSink{.name = "socket",
                                    .help = "lines to a TCP connection, or to every client that connects",
                                    .sink = true,
                                    .options = kSocketSinkOptions};
constexpr OptionSpec kMemoryOptions[] = {{.name = "name", .required = true, .help = "table that holds the rows"}};
constexpr ConnectorSpec kMemorySink{
    .name = "memory", .help = "a table in memory", .sink = true, .supported = false, .options = kMemoryOptions};
constexpr ConnectorSpec kBlackholeSink{.name = "blackhole", .help = "counts and drops", .sink = true};
constexpr OptionSpec kHttpOptions[] = {kUrl};
constexpr ConnectorSpec kHttpSink{
    .name = "http", .help = "posts each batch as JSON lines", .sink = true, .supported = false, .options = kHttpOptions};

constexpr const ConnectorSpec* kSources[] = {
    &kSocketSource, &kFileSource, &kDirectorySource, &kStdinSource, &kGeneratorSource, &kSseSource, &kKafka, &kNats, &kMqtt,
};
constexpr const ConnectorSpec* kSinks[] = {
    &kConsoleSink, &kFileSink, &kDirectorySink, &kSocketSink, &kMemorySink, &kBlackholeSink, &kKafka, &kNats, &kMqtt, &kHttpSink,
};

}  // namespace

std::span<const ConnectorSpec* const> source_connectors() { return kSources; }

std::span<const ConnectorSpec* const> sink_connectors() { return kSinks; }

}  // namespace millrace
