#include "compiler/jit/background_compiler.h"

namespace millrace {

BackgroundCompiler::~BackgroundCompiler() { static_cast<void>(stop(/*wait=*/true)); }

void BackgroundCompiler::add(Job job) {
  const std::lock_guard lock(shared_->mutex);
  if (shared_->stopped) return;
  shared_->jobs.push_back(std::move(job));
  if (!thread_.joinable()) thread_ = std::thread([shared = shared_] { work(*shared); });
  shared_->changed.notify_all();
}

void BackgroundCompiler::wait_until_idle() {
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait(lock, [this] { return shared_->jobs.empty() && !shared_->running; });
}

bool BackgroundCompiler::stop(bool wait) {
  std::deque<Job> dropped;
  bool running = false;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopped = true;
    shared_->cancelled = true;
    dropped.swap(shared_->jobs);
    running = shared_->running;
    shared_->changed.notify_all();
  }
  if (!thread_.joinable()) return !running;  // never started, or stopped before
  if (running && !wait) {
    thread_.detach();
    return false;
  }
  thread_.join();
  return true;
}

void BackgroundCompiler::work(Shared& shared) {
  std::unique_lock lock(shared.mutex);
  while (true) {
    shared.changed.wait(lock, [&shared] { return shared.stopped || !shared.jobs.empty(); });
    if (shared.stopped) return;
    {
      Job job = std::move(shared.jobs.front());
      shared.jobs.pop_front();
      shared.running = true;
      lock.unlock();
      job(shared.cancelled);
    }  // destroys the job, which may own a module, before the thread counts as idle
    lock.lock();
    shared.running = false;
    shared.changed.notify_all();
  }
}

}  // namespace millrace
