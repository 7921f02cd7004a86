// Folly tasks on an executor of theirs, awaited by cxx-async coroutines.
#pragma once

#include <folly/Executor.h>
#include <folly/Try.h>

#include <coroutine>
#include <utility>
#if __has_include(<folly/coro/Task.h>)
#include <folly/coro/Task.h>
#else
#include <folly/experimental/coro/Task.h>
#endif

namespace rust::async {

namespace detail {

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

template <typename T>
class FollyAwaiter {
 public:
  FollyAwaiter(folly::Executor& executor, folly::coro::Task<T> task)
      : task_(with_executor(executor, std::move(task))) {}

  bool await_ready() const noexcept { return false; }
  // Never inlined: clang before 17 then keeps locals of this function in the coroutine's frame.
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

}  // namespace detail

// `co_await schedule_on(executor, task)` runs the task there, goes on in the thread where it ended,
// and gives back its value or rethrows its exception.
//
// Rust need not poll for that: when it has stopped its runtime, C++ still gets to its end, and the
// executor, which waits for its tasks, can be destroyed. The executor must outlive the call.
template <typename T>
[[nodiscard]] auto schedule_on(folly::Executor& executor, folly::coro::Task<T> task) {
  return detail::FollyAwaiter<T>(executor, std::move(task));
}

}  // namespace rust::async
