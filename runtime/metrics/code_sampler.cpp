#include "runtime/metrics/code_sampler.h"

#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace millrace {

namespace {

constexpr int kSignal = SIGPROF;
constexpr int64_t kMostStackBytes = 64 << 10;

#if defined(__x86_64__)
uint64_t address_of(const ucontext_t& context) { return static_cast<uint64_t>(context.uc_mcontext.gregs[REG_RIP]); }
uint64_t stack_of(const ucontext_t& context) { return static_cast<uint64_t>(context.uc_mcontext.gregs[REG_RSP]); }
#elif defined(__aarch64__)
uint64_t address_of(const ucontext_t& context) { return context.uc_mcontext.pc; }
uint64_t stack_of(const ucontext_t& context) { return context.uc_mcontext.sp; }
#endif

}  // namespace

std::atomic<CodeSampler*> CodeSampler::active_ = nullptr;

CodeSampler::CodeSampler(std::vector<Range> ranges, size_t buckets) : ranges_(std::move(ranges)) {
  std::erase_if(ranges_, [](const Range& range) { return range.begin >= range.end; });
  std::ranges::sort(ranges_, {}, &Range::begin);
  counts_.code.resize(buckets);
  counts_.callees.resize(buckets);
}

CodeSampler::~CodeSampler() { stop(); }

bool CodeSampler::start(int64_t interval_us) {
  active_.store(this);
  struct sigaction action {};
  action.sa_sigaction = &CodeSampler::on_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigaction(kSignal, &action, &before_);
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = kSignal;
  event._sigev_un._tid = static_cast<pid_t>(::syscall(SYS_gettid));
  has_timer_ = ::timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
  itimerspec every{};
  every.it_interval = {static_cast<time_t>(interval_us / 1'000'000), static_cast<long>(interval_us % 1'000'000 * 1000)};
  every.it_value = every.it_interval;
  if (has_timer_ && ::timer_settime(timer_, 0, &every, nullptr) == 0) return true;
  stop();
  return false;
}

void CodeSampler::stop() {
  if (active_.load() != this) return;
  if (has_timer_) ::timer_delete(timer_);
  has_timer_ = false;
  ::sigaction(kSignal, &before_, nullptr);
  active_.store(nullptr);
}

/// Touches nothing but this thread's variables and counters that only this thread writes: it may run between any two instructions.
void CodeSampler::on_signal(int, siginfo_t*, void* machine_context) {
  const int saved_errno = errno;
  if (CodeSampler* sampler = active_.load(std::memory_order_relaxed)) {
    const auto& context = *static_cast<const ucontext_t*>(machine_context);
    sampler->look(address_of(context), stack_of(context));
  }
  errno = saved_errno;
}

const CodeSampler::Range* CodeSampler::range_of(uint64_t address) const {
  auto after = std::upper_bound(ranges_.begin(), ranges_.end(), address, [](uint64_t a, const Range& range) { return a < range.begin; });
  if (after == ranges_.begin()) return nullptr;
  --after;
  return address < after->end ? &*after : nullptr;
}

namespace {

/// Whatever lies there, also between the variables that the sanitizer knows.
#if defined(__GNUC__)
__attribute__((no_sanitize("address"), noinline))
#endif
uint64_t
stack_word(uint64_t at) {
  return *reinterpret_cast<const volatile uint64_t*>(at);
}

}  // namespace

void CodeSampler::look(uint64_t address, uint64_t stack_top) {
  ++counts_.total;
  if (stack_ == nullptr) {
    ++counts_.work[static_cast<size_t>(work_)];
    return;
  }
  if (const Range* range = range_of(address)) {
    ++counts_.code[range->bucket];
    return;
  }
  // In something that the generated code has called. Its frame is the outermost of those since the call into it, so that the address that it will be
  // returned to is the first into this function from there. Others may lie about where its frame has not been written yet.
  const Range* running = range_of(reinterpret_cast<uint64_t>(function_));
  const auto begin = reinterpret_cast<uint64_t>(stack_) & ~uint64_t{7};
  if (begin > stack_top && begin - stack_top < static_cast<uint64_t>(kMostStackBytes)) {
    for (uint64_t at = begin; at > stack_top;) {
      at -= sizeof(uint64_t);
      const uint64_t word = stack_word(at);
      // One less: a call may be the last instruction of its range, and an entry's own address is none that is returned to.
      if (const Range* range = range_of(word - 1); range != nullptr && running != nullptr && range->function == running->function) {
        ++counts_.callees[range->bucket];
        return;
      }
    }
  }
  ++counts_.unknown;
}

}  // namespace millrace
