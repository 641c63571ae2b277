#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/runtime/connectors/local_tcp.h"

/// An HTTP server that gives a prepared answer to each request in turn, the last one again and again, and remembers the requests.
class LocalHttp {
 public:
  /// The pieces of an answer, head included, which are sent one by one with a pause between; then the connection is closed.
  struct Answer {
    std::vector<std::string> pieces;
    int64_t pause_us = 0;
    bool stays_open = false;  ///< silent until the server goes
  };

  explicit LocalHttp(std::vector<Answer> answers) : answers_(std::move(answers)), thread_([this] { serve(); }) {}
  ~LocalHttp() {
    stop_ = true;
    ::shutdown(listener_.fd, SHUT_RDWR);  // wakes accept
    thread_.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_.port) + "/events"; }

  std::vector<std::string> requests() {
    std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    std::vector<int> open;
    for (size_t turn = 0; !stop_; ++turn) {
      int client = ::accept(listener_.fd, nullptr, nullptr);
      if (client < 0) break;
      std::string request;
      while (request.find("\r\n\r\n") == std::string::npos) {
        std::string more = receive_text(client, 1);
        if (more.empty()) break;
        request += more;
      }
      {
        std::lock_guard<std::mutex> lock(mutex_);
        requests_.push_back(request);
      }
      const Answer& answer = answers_[std::min(turn, answers_.size() - 1)];
      for (const std::string& piece : answer.pieces) {
        if (::send(client, piece.data(), piece.size(), MSG_NOSIGNAL) < 0) break;
        if (answer.pause_us > 0) ::usleep(static_cast<useconds_t>(answer.pause_us));
      }
      if (answer.stays_open) {
        open.push_back(client);
      } else {
        ::shutdown(client, SHUT_WR);
        ::close(client);
      }
    }
    for (int client : open) ::close(client);
  }

  Listener listener_;
  std::vector<Answer> answers_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};
