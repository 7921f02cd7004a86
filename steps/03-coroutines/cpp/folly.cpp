// Step 3 on Folly.
#include <folly/executors/CPUThreadPoolExecutor.h>

#include "step-03-coroutines/cpp/converter.h"
#if __has_include(<folly/coro/Task.h>)
#include <folly/coro/Task.h>
#else
#include <folly/experimental/coro/Task.h>
#endif

#include "codec/cpp/live.h"

// Destroyed, it first runs the tasks that wait in it.
class Converter::Pool : public folly::CPUThreadPoolExecutor {
  using CPUThreadPoolExecutor::CPUThreadPoolExecutor;
};

namespace {

// A task, to be run on an executor: what current Folly calls co_withExecutor, and older scheduleOn.
template <typename Task>
auto with_executor(folly::Executor& executor, Task task) {
  auto keep_alive = folly::getKeepAliveToken(executor);
  if constexpr (requires { co_withExecutor(std::move(keep_alive), std::move(task)); }) {
    return co_withExecutor(std::move(keep_alive), std::move(task));
  } else {
    return std::move(task).scheduleOn(std::move(keep_alive));
  }
}

// Runs a task on an executor, and goes on in the thread where it ended.
//
// cxx-async has a header for Folly, which goes on in Rust's `poll` instead. This does not need the
// caller to poll once more, nor at all: when Rust has stopped its runtime, C++ still gets to its
// end, and the executor, which waits for its tasks, can be destroyed.
template <typename T>
class run_on {
 public:
  run_on(folly::Executor& executor, folly::coro::Task<T> task)
      : task_(with_executor(executor, std::move(task))) {}

  bool await_ready() const noexcept { return false; }
  // Never inlined: clang before 18 then keeps locals of this function in the coroutine's frame.
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) {
    std::move(task_).start([this, coroutine](folly::Try<T>&& result) {
      result_ = std::move(result);
      coroutine.resume();
    });
  }
  T await_resume() { return std::move(result_).value(); }

 private:
  folly::coro::TaskWithExecutor<T> task_;
  folly::Try<T> result_;
};

folly::coro::Task<Png> convert_there(const rust::Vec<std::uint8_t>& jpeg, std::uint64_t max_pixels,
                                     const CallToken& token) {
  co_return to_png(jpeg, max_pixels, token);
}

}  // namespace

Converter::Converter(std::size_t threads, std::uint64_t max_pixels)
    : max_pixels_(max_pixels), pool_(std::make_unique<Pool>(threads)) {}
Converter::~Converter() = default;

FuturePng Converter::convert(rust::Vec<std::uint8_t> jpeg, rust::Box<CallToken> token) const {
  const codec::live live;
  co_return co_await run_on(*pool_, convert_there(jpeg, max_pixels_, *token));
}

rust::Str executor() { return "folly::CPUThreadPoolExecutor"; }
