#pragma once

#include <memory>
#include <string>
#include <vector>

namespace millrace::recovery {

/// A small job that is run again and again while its calls fail. One folder, made anew for each fault; its script is `job.sql`, its checkpoints are in `state`.
class FaultJob {
 public:
  virtual ~FaultJob() = default;

  virtual const char* name() const = 0;
  /// Whether its peers' going away is one of its faults; else the calls for files are.
  virtual bool has_peers() const { return false; }
  /// An empty folder becomes that of a job which has not run.
  virtual void make(const std::string& folder) = 0;
  virtual std::vector<std::string> options() const { return {"--checkpoint-interval", "2 batches", "--checkpoint-retry", "300ms"}; }
  /// What a run without faults, which is the first, has left is what the others are held to. False: it is not even that.
  virtual bool take_expected(const std::string& folder) = 0;
  /// What is wrong with what can be seen behind a run; `is_complete`: it ended well. Empty: nothing.
  virtual std::string problem(const std::string& folder, bool is_complete) = 0;
};

std::unique_ptr<FaultJob> make_file_fault_job();    ///< file and table -> groups, join, dead letters -> file, directory
std::unique_ptr<FaultJob> make_folder_fault_job();  ///< directory -> windows -> directory
std::unique_ptr<FaultJob> make_socket_fault_job();  ///< durable socket -> file
std::unique_ptr<FaultJob> make_listen_fault_job();  ///< durable listening socket -> file
std::unique_ptr<FaultJob> make_socket_sink_fault_job();        ///< file -> socket
std::unique_ptr<FaultJob> make_reconnecting_sink_fault_job();  ///< file -> socket, which connects again
std::unique_ptr<FaultJob> make_listen_sink_fault_job();        ///< generator -> every client that connects
std::unique_ptr<FaultJob> make_interval_fault_job();           ///< generator -> batches cut by the clock -> file
std::unique_ptr<FaultJob> make_sse_fault_job();                ///< sse -> file

}  // namespace millrace::recovery
