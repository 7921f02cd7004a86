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
// In a folly::coro::Task, or an AsyncGenerator:
//
//   T value = co_await std::move(future);                        poll it on the task's executor,
//   while (auto item = co_await stream.next()) ...               and go on there
//   co_await folly::coro::timeout(std::move(future), 1s);
//
// When Rust lets go of its future, cancellation is requested of a task that runs, and what it
// awaits hears of it as in all of Folly; the coroutine is destroyed when the task has ended.
//
// A coroutine that went to an executor keeps it alive, as Folly's own tasks do: destroying a pool
// waits for it. One that is refused by its executor gets what that throws, or ends where it was to
// come back; a task that was to come back gets an Error.
#pragma once

#include <folly/CancellationToken.h>
#include <folly/ExceptionWrapper.h>
#include <folly/Executor.h>
#include <folly/Function.h>
#include <folly/OperationCancelled.h>
#include <folly/Try.h>
#include <folly/executors/InlineExecutor.h>

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>
#if __has_include(<folly/lang/MustUseImmediately.h>)
#include <folly/lang/MustUseImmediately.h>
#endif
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

inline void add_to(folly::Executor& executor, turn_handler handler) {
  executor.add([handler = std::move(handler)]() mutable { handler(); });
}

template <>
struct executor_traits<folly_executor> {
  static void post(const folly_executor& executor, turn_handler handler) {
    add_to(*executor, std::move(handler));
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

// What Folly can await.
template <typename T>
concept folly_awaitable = requires { typename folly::coro::semi_await_result_t<T>; };

// Gives what is awaited to the task that awaits it. What is behind a reference stays there as long
// as the `co_await` of the caller.
template <typename Awaited>
auto giver_of(Awaited&& awaited) {
#if __has_include(<folly/lang/MustUseImmediately.h>)
  if constexpr (folly::ext::must_use_immediately_v<Awaited>) {
    return folly::ext::must_use_immediately_unsafe_mover(std::move(awaited));
  } else
#endif
    return [&awaited]() -> Awaited&& { return std::forward<Awaited>(awaited); };
}

// The same, but a value where it would refer to what goes.
template <typename T>
using without_rvalue_reference =
    std::conditional_t<std::is_lvalue_reference_v<T>, T, std::remove_cvref_t<T>>;

template <typename Give, typename Awaited = std::invoke_result_t<Give&&>>
folly::coro::Task<without_rvalue_reference<folly::coro::semi_await_result_t<Awaited>>> as_task(
    Give give) {
  co_return co_await std::move(give)();
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

// Runs a task, and goes on in the thread where it ended.
template <typename T>
class task_awaiter : public coroutine_turn {
 public:
  // It begins at once in this thread, or in one of the executor that the coroutine goes to.
  enum class begins { here, there };

  task_awaiter(promise_base& promise, folly::coro::Task<T> task, begins where)
      : coroutine_turn(promise, &task_awaiter::take),
        task_(std::move(task)),
        suspended_(where == begins::there) {}

  bool await_ready() const noexcept { return false; }
  // Never inlined: else clang 17 and 18 keep locals of this function in the coroutine's frame.
  // False when the task has ended at once: to resume from within this would take more of the stack
  // each time.
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<>) {
    cancellation_.emplace(promise());
    if (suspended_ || promise().left()) return suspend(), true;
    start();
    return !suspended_.exchange(true);
  }
  T await_resume() { return std::move(result_).value(); }

 private:
  using result = folly::Try<typename folly::coro::Task<T>::StorageType>;

  static void take(turn* self, bool alive) {
    auto& awaiter = *static_cast<task_awaiter*>(self);
    if (!alive || awaiter.promise().left()) return awaiter.promise().coroutine().destroy();
    try {
      awaiter.start();
    } catch (...) {
      awaiter.end(result(folly::exception_wrapper(std::current_exception())));
    }
  }

  // This may be gone before it returns.
  void start() {
    const auto& executor = promise().executor();
    auto task = with_executor(executor.template holds<folly_executor>()
                                  ? executor.template get<folly_executor>()
                                  : polling_executor::make(promise()),
                              std::move(task_));
    std::move(task).startInlineUnsafe([this](result&& ended) noexcept { end(std::move(ended)); },
                                      cancellation_->token());
  }

  void end(result&& ended) noexcept {
    result_ = std::move(ended);
    if (!suspended_.exchange(true)) return;
    if (promise().left()) return promise().coroutine().destroy();
    promise().resume();
  }

  folly::coro::Task<T> task_;
  result result_;
  std::optional<folly_cancellation> cancellation_;
  std::atomic<bool> suspended_;  // or the task has ended before
};

template <typename T>
struct [[nodiscard("write co_await before it")]] scheduled_folly_task {
  folly_executor executor;
  folly::coro::Task<T> task;
  auto bind(promise_base& promise) && {
    promise.executor().change_to(std::move(executor));
    return task_awaiter<T>(promise, std::move(task), task_awaiter<T>::begins::there);
  }
};

template <typename Awaited>
  requires folly_awaitable<Awaited> || folly_awaitable<Awaited&>
struct awaitable_traits<Awaited> {
  template <typename T>
  static auto bind(promise_base& promise, folly::coro::Task<T>&& task) {
    return task_awaiter<T>(promise, std::move(task), task_awaiter<T>::begins::here);
  }
  template <typename T>
  static auto bind(promise_base& promise, folly::coro::TaskWithExecutor<T>&& bound) {
    if constexpr (requires { std::move(bound).unwrap(); }) {
      auto [task, executor] = std::move(bound).unwrap();
      return scheduled_folly_task<T>{std::move(executor), std::move(task)}.bind(promise);
    } else {
      auto executor = folly::getKeepAliveToken(bound.executor());
      return scheduled_folly_task<T>{std::move(executor), as_task(giver_of(std::move(bound)))}.bind(
          promise);
    }
  }
  template <folly_awaitable Other>
  static auto bind(promise_base& promise, Other&& other) {
    return bind(promise, as_task(giver_of(std::forward<Other>(other))));
  }
};

// --- Rust, awaited by Folly's coroutines. --------------------------------------------------------

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

// Waits on behalf of a coroutine of Folly's, with its turns on the executor of that.
class executor_wait : public foreign_wait {
 public:
  // The executor has to be there as long as the coroutine waits.
  bool begin_in(folly::Executor& executor, std::coroutine_handle<> coroutine) noexcept {
    executor_ = &executor;
    return foreign_wait::begin_in(coroutine);
  }
  bool was_refused() const noexcept { return refused_; }

 protected:
  bool post(turn* turn) override {
    return hand_over(turn, [&](turn_handler handler) { add_to(*executor_, std::move(handler)); });
  }
  // The executor refuses the turn. Nobody may destroy the coroutine, so it goes on with an error.
  void end() noexcept override {
    refused_ = true;
    resume();
  }

 private:
  folly::Executor* executor_ = nullptr;
  bool refused_ = false;
};

// Awaits Rust in a thread of an executor, until that is cancelled, and goes on there.
template <typename Future>
class executor_awaiter {
  using wait_type = source_wait<cancellable<Future>, executor_wait>;

 public:
  executor_awaiter(folly_executor executor, const folly::CancellationToken& token, Future& future)
      : executor_(std::move(executor)),
        token_(token),
        wait_(counted_pointer<wait_type>::make(token, future)) {}
  executor_awaiter(const executor_awaiter&) = delete;
  executor_awaiter& operator=(const executor_awaiter&) = delete;
  ~executor_awaiter() {
    request_.reset();
    wait_->leave();
  }

  bool await_ready() const noexcept { return false; }
  // Never inlined, as above.
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> coroutine) noexcept {
    request_.emplace(token_, [this] { wait_->wake(); });
    return wait_->begin_in(*executor_, coroutine);
  }
  auto await_resume() {
    request_.reset();
    if (wait_->was_refused()) throw Error("the executor takes no turn of this coroutine");
    return wait_->get();
  }
  // For `co_awaitTry`, and what is built of it.
  auto await_resume_try() noexcept {
    return folly::makeTryWith([this] { return await_resume(); });
  }

 private:
  folly_executor executor_;
  folly::CancellationToken token_;
  counted_pointer<wait_type> wait_;
  std::optional<folly::CancellationCallback> request_;
};

// Awaits a future, or the next item of a stream, in a coroutine of Folly's.
template <rust_future Future>
auto await_on(folly_executor executor, const folly::CancellationToken& token, Future& future) {
  return executor_awaiter<Future>(std::move(executor), token, future);
}
template <typename Stream>
auto await_on(folly_executor executor, const folly::CancellationToken& token,
              next_item<Stream>& next) {
  return executor_awaiter<Stream>(std::move(executor), token, next.stream());
}

template <typename T>
constexpr bool is_next_item = false;
template <typename Stream>
constexpr bool is_next_item<next_item<Stream>> = true;

template <typename T>
concept rust_awaitable = rust_future<T> || is_next_item<T>;

// One of them, with the token of the coroutine that awaits it.
template <rust_awaitable Awaited>
struct cancellable_awaitable {
  struct on_executor {
    folly_executor executor;
    folly::CancellationToken token;
    Awaited awaited;
    auto operator co_await() && { return await_on(std::move(executor), token, awaited); }
  };

  folly::CancellationToken token;
  Awaited awaited;

  // Folly calls this with the executor of the coroutine. It is on that already when it goes on:
  // Folly's own part, which keeps the request context and what stands for the stack, need not go
  // there once more.
  auto viaIfAsync(folly_executor executor) && {
    return folly::coro::ViaIfAsyncAwaitable<on_executor>(
        &folly::InlineExecutor::instance(),
        on_executor{std::move(executor), std::move(token), std::move(awaited)});
  }
};

}  // namespace detail

inline namespace bridge {

// Folly calls these two when one of its coroutines awaits Rust. Its own take the same parameters,
// and any type: so what the first is a template of has to be the same too.
#if __has_include(<folly/lang/MustUseImmediately.h>)
template <typename Awaited, std::enable_if_t<!folly::ext::must_use_immediately_v<Awaited>, int> = 0>
#else
template <typename Awaited>
#endif
  requires detail::rust_awaitable<Awaited>
auto co_withCancellation(const folly::CancellationToken& token, Awaited&& awaited) {
  return detail::cancellable_awaitable<Awaited>{token, std::move(awaited)};
}

template <detail::rust_awaitable Awaited>
auto co_viaIfAsync(folly::Executor::KeepAlive<> executor, Awaited&& awaited) {
  return detail::cancellable_awaitable<Awaited>{{}, std::move(awaited)}.viaIfAsync(
      std::move(executor));
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
[[nodiscard]] auto schedule_on(folly::Executor::KeepAlive<> executor, folly::coro::Task<T> task) {
  return detail::scheduled_folly_task<T>{std::move(executor), std::move(task)};
}
template <typename T>
[[nodiscard]] auto schedule_on(folly::Executor& executor, folly::coro::Task<T> task) {
  return schedule_on(folly::getKeepAliveToken(executor), std::move(task));
}

}  // namespace rust::async

// For Folly they are what its tasks are: awaited on an executor, and not by themselves.
template <rust::async::detail::rust_awaitable Awaited>
struct folly::coro::is_awaitable<Awaited> : std::false_type {};
