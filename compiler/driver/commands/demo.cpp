#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "compiler/driver/commands/command.h"
#include "compiler/driver/commands/script_options.h"
#include "compiler/driver/demo_files.h"
#include "compiler/driver/run_script.h"
#include "runtime/base/write_all.h"
#include "runtime/connectors/generator.h"

namespace millrace {
namespace {

constexpr OptionRule kDemoOptions[] = {
    {.name = "--timeout", .value = OptionRule::Value::Required, .value_name = "T", .help = "how long it plays (15s)"},
    {.name = "--rate", .value = OptionRule::Value::Required, .value_name = "R", .help = "records a second (1000)"},
    {.name = "--format", .value = OptionRule::Value::Required, .value_name = "F", .help = "table, json or csv (table)"},
    {.name = "--show", .help = "print the queries that it runs, and stop"},
};

constexpr CommandRule kDemoRule = {
    .name = "demo", .positional = "", .positional_min = 0, .positional_max = 0,
    .summary = "See it at work with nothing else running: queries over a live local stream of watch records.",
    .details = "A server inside this program plays the watches on a free port; the queries connect to it as they would to any other.",
    .options = kDemoOptions,
};

/// A local port that was free a moment ago.
int64_t find_free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool found = bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (fd >= 0) close(fd);
  return found ? ntohs(address.sin_port) : 9999;
}

/// The files that the demo's SQL reads, in a folder of their own while it runs.
class DemoFolder {
 public:
  DemoFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "millrace_demo_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) return;
    path_ = name;
    std::filesystem::create_directory(path_ + "/data");
    FILE* file = fopen((path_ + "/data/users.csv").c_str(), "w");
    if (file == nullptr) return;
    fwrite(kDemoUsers.data(), 1, kDemoUsers.size(), file);
    fclose(file);
  }
  ~DemoFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  DemoFolder(const DemoFolder&) = delete;
  DemoFolder& operator=(const DemoFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Serves records on a thread of its own while it lives.
class WatchServer {
 public:
  WatchServer(int64_t port, int64_t rate)
      : thread_([this, port, rate] {
          const ConnectorContext context{.stop_requests = &stop_requests_, .notice = {}};
          GeneratorOptions records;
          records.rate = rate;
          const Status status = serve_records(records, {.host = "127.0.0.1", .port = port}, context);
          if (!status.ok()) fprintf(stderr, "millrace demo: error: %s\n", status.message().c_str());
        }) {}
  ~WatchServer() {
    ++stop_requests_;
    thread_.join();
  }
  WatchServer(const WatchServer&) = delete;
  WatchServer& operator=(const WatchServer&) = delete;

 private:
  std::atomic<int> stop_requests_ = 0;
  std::thread thread_;
};

int run_demo(const Arguments& arguments) {
  if (arguments.has("--show")) {
    fwrite(kDemoQueries.data(), 1, kDemoQueries.size(), stdout);
    return kExitDone;
  }
  RunOptions options;
  options.timeout_us = arguments.duration_us("--timeout").value_or(15'000'000);
  options.summary = true;
  const int64_t rate = arguments.integer("--rate", 1, 1'000'000).value_or(1000);
  const std::string format = arguments.choice("--format", kResultFormats).value_or("table");

  const int64_t port = find_free_port();
  const DemoFolder folder;
  const WatchServer server(port, rate);
  const Substitution sql = substitute_variables(kDemoQueries, {{"PORT", std::to_string(port)}, {"HOST", "127.0.0.1"}});
  fprintf(stderr, "millrace demo: watches play %lld records/s on 127.0.0.1:%lld for %.0f s; five queries read them (--show prints them)\n",
          static_cast<long long>(rate), static_cast<long long>(port), static_cast<double>(options.timeout_us) / 1e6);
  return run_script({SourceText("demo.sql", sql.text), folder.path()}, format, options);
}

}  // namespace

const Command kDemoCommand = {kDemoRule, run_demo};

}  // namespace millrace
