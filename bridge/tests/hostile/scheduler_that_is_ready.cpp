#include "bridge-tests/hostile/scheduler_that_is_ready.h"

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/scheduler_that_is_ready.rs.h"
#include "rust/co_await_cppcoro.h"

using rust::async::schedule;

namespace {

struct does_not_suspend : std::suspend_always {
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<>) const noexcept { return false; }
};

struct resumes_last : std::suspend_always {
  [[gnu::noinline]] std::coroutine_handle<> await_suspend(
      std::coroutine_handle<> coroutine) const noexcept {
    return coroutine;
  }
};

struct resumes_within : std::suspend_always {
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) const {
    coroutine.resume();
  }
};

template <typename Awaitable>
struct scheduler {
  Awaitable schedule() const noexcept { return {}; }
};

scheduler<std::suspend_never> ready;
scheduler<does_not_suspend> not_suspending;
scheduler<resumes_last> resuming_last;
scheduler<resumes_within> resuming_within;

template <typename Scheduler>
FutureNumber goes(Scheduler* there, std::int64_t times) {
  frame alive;
  std::int64_t gone = 0;
  for (; gone < times; ++gone) co_await schedule(*there);
  co_return gone;
}

template <typename Scheduler>
FutureNumber reads(Scheduler* there, StreamNumber stream) {
  frame alive;
  co_await schedule(*there);
  std::int64_t sum = 0;
  while (const auto item = co_await stream.next()) sum += *item;
  co_return sum;
}

template <typename Scheduler>
StreamNumber yields(Scheduler* there, std::int64_t times) {
  frame alive;
  co_await schedule(*there);
  for (; times > 0; --times) co_yield 1;
}

template <typename Function>
auto with(std::int32_t scheduler, Function&& function) {
  if (scheduler == 0) return function(&ready);
  if (scheduler == 1) return function(&not_suspending);
  if (scheduler == 2) return function(&resuming_last);
  return function(&resuming_within);
}

}  // namespace

FutureNumber goes_there(std::int32_t scheduler, std::int64_t times) {
  return with(scheduler, [&](auto* there) { return goes(there, times); });
}

FutureNumber goes_there_and_reads(std::int32_t scheduler, StreamNumber stream) {
  return with(scheduler, [&](auto* there) { return reads(there, std::move(stream)); });
}

StreamNumber goes_there_and_yields(std::int32_t scheduler, std::int64_t times) {
  return with(scheduler, [&](auto* there) { return yields(there, times); });
}
