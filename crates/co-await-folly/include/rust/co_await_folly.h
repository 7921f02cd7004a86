// Folly for coroutines that Rust awaits.
//
//   co_await rust::async::schedule(executor);                    go on in a thread of the executor
//   T value = co_await rust::async::schedule_on(executor, task); run a folly::coro::Task<T> there,
//                                                                and go on there
//   T value = co_await task;                                     run it where the coroutine is:
//                                                                there, or where Rust polls
//
// A task that was given an executor, by `co_withExecutor` or `scheduleOn`, runs there, and so does
// what comes after it. Whatever else Folly can await, such as a folly::Future, can be awaited too.
//
// When Rust lets go of its future, cancellation is requested of a task that runs, and what it
// awaits hears of it as in all of Folly; the coroutine is destroyed when the task has ended.
//
// A coroutine that went to an executor keeps it alive, as Folly's own tasks do: destroying a pool
// waits for it.
#pragma once

#include <folly/CancellationToken.h>
#include <folly/Executor.h>
#include <folly/Function.h>
#include <folly/OperationCancelled.h>
#include <folly/Try.h>

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>
#if __has_include(<folly/coro/Task.h>)
#include <folly/coro/Task.h>
#include <folly/coro/ViaIfAsync.h>
#else
#include <folly/experimental/coro/Task.h>
#include <folly/experimental/coro/ViaIfAsync.h>
#endif

#include "rust/co_await.h"

namespace rust::async {

namespace detail {

using folly_executor = folly::Executor::KeepAlive<>;

template <>
struct executor_traits<folly_executor> {
  static void post(const folly_executor& executor, turn_handler handler) {
    executor->add([handler = std::move(handler)]() mutable { handler(); });
  }
  static room_pointer room(const folly_executor&) { return {}; }
};

// Runs what Folly gives it where Rust polls. It goes with the last that refers to it.
class polling_executor final : public folly::Executor {
 public:
  static folly_executor make(const promise_base& promise) {
    // The token that is made of it deletes it.
    return folly::getKeepAliveToken(std::make_unique<polling_executor>(promise).release());
  }

  explicit polling_executor(const promise_base& promise) : poller_(promise.where_rust_polls()) {}

  void add(folly::Func function) override {
    poller_.post(std::make_unique<function_turn>(std::move(function)).release());
  }

  bool keepAliveAcquire() noexcept override {
    tokens_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  void keepAliveRelease() noexcept override {
    if (tokens_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  struct function_turn : turn {
    explicit function_turn(folly::Func function)
        : turn{nullptr, &function_turn::take}, function(std::move(function)) {}

    static void take(turn* self, bool alive) {
      const std::unique_ptr<function_turn> taken(static_cast<function_turn*>(self));
      if (alive) taken->function();
    }

    folly::Func function;
  };

  promise_base::poller poller_;
  std::atomic<std::uintptr_t> tokens_ = 0;
};

// A task, to be run on an executor: what current Folly calls co_withExecutor, and older scheduleOn.
template <typename Task>
auto with_executor(folly_executor executor, Task task) {
  if constexpr (requires { co_withExecutor(std::move(executor), std::move(task)); }) {
    return co_withExecutor(std::move(executor), std::move(task));
  } else {
    return std::move(task).scheduleOn(std::move(executor));
  }
}

template <typename Awaited>
folly::coro::Task<folly::remove_cvref_t<folly::coro::semi_await_result_t<Awaited>>> as_task(
    Awaited awaited) {
  co_return co_await std::move(awaited);
}

// Cancelled when Rust leaves, as long as it lives.
class folly_cancellation {
 public:
  explicit folly_cancellation(promise_base& promise)
      : request_(stop_request::of(promise), request{source_}) {}

  folly::CancellationToken token() const { return source_.getToken(); }

 private:
  struct request {
    folly::CancellationSource source;
    // Of a copy: this may be gone before that returns.
    void operator()() const noexcept { folly::CancellationSource(source).requestCancellation(); }
  };

  folly::CancellationSource source_;
  std::stop_callback<request> request_;
};

// Runs a task on an executor, and goes on in the thread where it ended.
template <typename T>
class task_awaiter {
 public:
  task_awaiter(promise_base& promise, folly_executor executor, folly::coro::Task<T> task)
      : promise_(promise), executor_(std::move(executor)), task_(std::move(task)) {}

  bool await_ready() const noexcept { return false; }
  // Never inlined: clang 17 and 18 then keep locals of this function in the coroutine's frame.
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) {
    if (promise_.left()) return coroutine.destroy();
    auto task = with_executor(executor_, std::move(task_));
    cancellation_.emplace(promise_);
    auto ended = [this](folly::Try<T>&& result) {
      result_ = std::move(result);
      if (promise_.left()) return promise_.coroutine().destroy();
      promise_.executor().emplace(std::move(executor_));
      promise_.resume();
    };
    std::move(task).start(ended, cancellation_->token());
  }
  T await_resume() { return std::move(result_).value(); }

 private:
  promise_base& promise_;
  folly_executor executor_;
  folly::coro::Task<T> task_;
  folly::Try<T> result_;
  std::optional<folly_cancellation> cancellation_;
};

// Runs a task where the coroutine is: on its Folly executor, or where Rust polls. It begins in this
// thread, at once.
template <typename T>
class inline_task_awaiter {
 public:
  inline_task_awaiter(promise_base& promise, folly::coro::Task<T> task)
      : promise_(promise), task_(std::move(task)) {}

  bool await_ready() const noexcept { return false; }
  // Never inlined, as above. False when the task has ended at once: to resume from within this
  // would take more of the stack each time.
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> coroutine) {
    if (promise_.left()) return coroutine.destroy(), true;
    auto& executor = promise_.executor();
    auto task = with_executor(executor.holds<folly_executor>() ? executor.get<folly_executor>()
                                                               : polling_executor::make(promise_),
                              std::move(task_));
    cancellation_.emplace(promise_);
    auto ended = [this](folly::Try<T>&& result) {
      result_ = std::move(result);
      if (!passed_.exchange(true)) return;
      if (promise_.left()) return promise_.coroutine().destroy();
      promise_.resume();
    };
    std::move(task).startInlineUnsafe(ended, cancellation_->token());
    return !passed_.exchange(true);
  }
  T await_resume() { return std::move(result_).value(); }

 private:
  promise_base& promise_;
  folly::coro::Task<T> task_;
  folly::Try<T> result_;
  std::optional<folly_cancellation> cancellation_;
  std::atomic<bool> passed_ = false;  // by the first of the task's end and the suspension
};

// A future or an item, or the end of the wish for it.
template <typename Future>
class cancellable {
 public:
  cancellable(folly::CancellationToken token, Future& from)
      : token_(std::move(token)), source_(from) {}

  bool poll(wait& waits) {
    cancelled_ = token_.isCancellationRequested();
    return cancelled_ || source_.poll(waits);
  }
  void forget() noexcept { source_.forget(); }
  auto get() {
    if (!cancelled_) return source_.get();
    forget();
    throw folly::OperationCancelled();
  }

 private:
  folly::CancellationToken token_;
  polled<Future> source_;
  bool cancelled_ = false;
};

// Awaits Rust in a task of Folly's, until that is cancelled.
template <typename Future>
class cancellable_awaiter {
 public:
  cancellable_awaiter(const folly::CancellationToken& token, Future& future)
      : token_(token), awaiter_(token, future) {}

  bool await_ready() const noexcept { return false; }
  // Never inlined, as above.
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> coroutine) {
    request_.emplace(token_, [this] { awaiter_.wake(); });
    return awaiter_.await_suspend(coroutine);
  }
  auto await_resume() {
    request_.reset();
    return awaiter_.await_resume();
  }

 private:
  folly::CancellationToken token_;
  foreign_awaiter<cancellable<Future>> awaiter_;
  std::optional<folly::CancellationCallback> request_;
};

template <typename Future>
struct cancellable_future {
  folly::CancellationToken token;
  Future& future;
  auto operator co_await() && { return cancellable_awaiter<Future>(token, future); }
};

template <typename T>
struct [[nodiscard("write co_await before it")]] scheduled_folly_task {
  folly_executor executor;
  folly::coro::Task<T> task;
  auto bind(promise_base& promise) && {
    return task_awaiter<T>(promise, std::move(executor), std::move(task));
  }
};

template <typename Awaited>
  requires(!rust_future<Awaited>) &&
          requires { typename folly::coro::semi_await_result_t<Awaited>; }
struct awaitable_traits<Awaited> {
  static auto bind(promise_base& promise, Awaited&& awaited) {
    return start(promise, std::move(awaited));
  }

 private:
  template <typename T>
  static auto start(promise_base& promise, folly::coro::Task<T>&& task) {
    return inline_task_awaiter<T>(promise, std::move(task));
  }
  // It goes on on its own executor.
  template <typename T>
  static auto start(promise_base& promise, folly::coro::TaskWithExecutor<T>&& task) {
    auto executor = folly::getKeepAliveToken(task.executor());
    return task_awaiter<T>(promise, std::move(executor), as_task(std::move(task)));
  }
  template <typename Other>
  static auto start(promise_base& promise, Other&& other) {
    return start(promise, as_task(std::move(other)));
  }
};

}  // namespace detail

inline namespace bridge {

// Folly calls this when one of its tasks awaits a Rust future. Its own takes the same parameters,
// and any type: so what they are templates of has to be the same too.
#if __has_include(<folly/lang/MustUseImmediately.h>)
template <typename Future, std::enable_if_t<!folly::ext::must_use_immediately_v<Future>, int> = 0>
#else
template <typename Future>
#endif
  requires detail::rust_future<Future>
auto co_withCancellation(const folly::CancellationToken& token, Future&& future) {
  return detail::cancellable_future<Future>{token, future};
}

}  // namespace bridge

// Goes on in a thread of the executor, and comes back there after each `co_await` of a Rust future.
inline auto schedule(folly::Executor::KeepAlive<> executor) {
  return detail::scheduled{std::move(executor)};
}
inline auto schedule(folly::Executor& executor) {
  return schedule(folly::getKeepAliveToken(executor));
}

// Runs a task on an executor, goes on there, and gives back its value or rethrows its exception.
template <typename T>
[[nodiscard]] auto schedule_on(folly::Executor& executor, folly::coro::Task<T> task) {
  return detail::scheduled_folly_task<T>{folly::getKeepAliveToken(executor), std::move(task)};
}

}  // namespace rust::async
