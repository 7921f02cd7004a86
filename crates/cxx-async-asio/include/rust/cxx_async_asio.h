// Boost.Asio coroutines and cxx-async futures awaiting each other.
//
// From a cxx-async coroutine, one that returns a Rust future or stream:
//
//   co_await rust::async::schedule(pool);                        go on in a thread of the pool
//   T value = co_await rust::async::schedule_on(pool, task());   run an asio::awaitable<T> there
//
// From Asio:
//
//   T value = co_await rust::async::async_await(rust_future());  in an asio::awaitable
//   rust::async::async_await(rust_future(), token);              with any completion token
//
// Where an executor is asked for, an execution context such as a thread_pool or an io_context will
// do too. Exceptions pass through unchanged; an error of Rust arrives as `rust::async::Error`.
//
// Destroying an execution context destroys the coroutines that wait in it, and drops the Rust
// futures that they await. Nothing is called back after that.
#pragma once

// clang-format off
#include <utility>  // first: awaitable.hpp of Boost 1.74 needs it and forgets it
// clang-format on

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>  // not used here: for those who start what awaits Rust
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <boost/version.hpp>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <unordered_set>
#include <variant>

#include "rust/cxx_async.h"

#if BOOST_VERSION >= 107700
#include <boost/asio/associated_cancellation_slot.hpp>
#endif

namespace rust::async {

namespace detail {

template <typename T>
concept execution_context = std::derived_from<T, boost::asio::execution_context>;

// The executor itself, or that of an execution context.
template <typename Executor>
auto executor_of(Executor&& executor) {
  if constexpr (execution_context<std::remove_cvref_t<Executor>>) {
    return executor.get_executor();
  } else {
    return std::forward<Executor>(executor);
  }
}

// The context that an executor belongs to.
template <typename Executor>
boost::asio::execution_context& context_of(const Executor& executor) {
  if constexpr (boost::asio::can_query_v<Executor, boost::asio::execution::context_t>) {
    return boost::asio::query(executor, boost::asio::execution::context);
  } else {
    // The executor of `use_future` before Boost 1.80 tells only in the older way.
    return executor.context();
  }
}

// A handler that resumes a coroutine. Destroyed without having been called, because its executor
// went away, it destroys the coroutine: else nobody would.
class resumption {
 public:
  explicit resumption(std::coroutine_handle<> coroutine) noexcept : coroutine_(coroutine) {}
  resumption(resumption&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  resumption& operator=(resumption&&) = delete;
  ~resumption() {
    if (coroutine_) coroutine_.destroy();
  }

  void operator()() { std::exchange(coroutine_, {}).resume(); }

 private:
  std::coroutine_handle<> coroutine_;
};

template <typename Executor>
class schedule_awaiter {
 public:
  explicit schedule_awaiter(Executor executor) : executor_(std::move(executor)) {}

  bool await_ready() const noexcept { return false; }
  // The coroutine may be at work, or gone, before `post` returns: nothing is touched after it.
  // Never inlined: clang before 17 then keeps locals of this function in the coroutine's frame.
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) noexcept {
    boost::asio::post(executor_, resumption(coroutine));
  }
  void await_resume() const noexcept {}

 private:
  Executor executor_;
};

// What an awaitable came to: a value, nothing for `void`, or an exception; and before that, in the
// same place, what is to become of it.
template <typename T, typename Before = std::monostate>
class outcome {
  using value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

 public:
  outcome() = default;
  explicit outcome(Before before) : result_(std::in_place_index<0>, std::move(before)) {}

  Before& before() { return *std::get_if<0>(&result_); }

  template <typename... Args>
  void set_value(Args&&... args) {
    result_.template emplace<1>(std::forward<Args>(args)...);
  }
  void set_exception(std::exception_ptr exception) { result_.template emplace<2>(exception); }

  // The value, or throws the exception.
  T get() {
    if (auto* exception = std::get_if<2>(&result_)) std::rethrow_exception(*exception);
    if constexpr (!std::is_void_v<T>) return std::move(std::get<1>(result_));
  }

  // Calls a completion handler; for its signature see `async_await`.
  template <typename Handler>
  void deliver(Handler& handler) {
    const auto* failure = std::get_if<2>(&result_);
    const std::exception_ptr exception = failure ? *failure : nullptr;
    if constexpr (std::is_void_v<T>) {
      std::move(handler)(exception);
    } else if constexpr (std::is_default_constructible_v<T>) {
      std::move(handler)(exception, exception ? T() : std::move(std::get<1>(result_)));
    } else {
      std::move(handler)(exception, exception ? std::optional<T>()
                                              : std::optional<T>(std::move(std::get<1>(result_))));
    }
  }

 private:
  std::variant<Before, value, std::exception_ptr> result_;
};

// What `co_spawn` does, but at once, in this thread, which has to be one of the executor's:
// `co_spawn` would post the beginning or the end once more, and with many in flight that doubles
// the way there and back. No exception may leave `entry`.
//
// This is the only use of Asio's own parts; these are the same from Boost 1.77 to 1.90.
#if BOOST_VERSION >= 107700
using entry_point = boost::asio::detail::awaitable_thread_entry_point;

template <typename Executor>
void launch(boost::asio::awaitable<entry_point, Executor> entry, const Executor& executor) {
  boost::asio::detail::awaitable_handler<Executor, void>(std::move(entry), executor,
                                                         boost::asio::cancellation_slot(),
                                                         boost::asio::cancellation_state())
      .launch();
}
#else
using entry_point = void;

template <typename Executor>
void launch(boost::asio::awaitable<entry_point, Executor> entry, const Executor& executor) {
  boost::asio::detail::awaitable_handler<Executor, void>(std::move(entry), executor).launch();
}
#endif

template <typename Executor, typename T, typename AwaitableExecutor>
class schedule_on_awaiter {
  using awaitable = boost::asio::awaitable<T, AwaitableExecutor>;

 public:
  schedule_on_awaiter(Executor executor, awaitable task)
      : executor_(std::move(executor)), outcome_(std::move(task)) {}

  bool await_ready() const noexcept { return false; }

  // Never inlined, as above.
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) noexcept {
    boost::asio::post(executor_, [this, resume = resumption(coroutine)]() mutable {
      launch(run(*this, std::move(resume)), AwaitableExecutor(executor_));
    });
  }

  T await_resume() { return outcome_.get(); }

 private:
  // Runs the awaitable, and resumes who waits for it. `self` is a part of what is resumed, and so
  // is not touched after that.
  static boost::asio::awaitable<entry_point, AwaitableExecutor> run(schedule_on_awaiter& self,
                                                                    resumption resume) {
    // An executor that counts as work: its context is not done before this is.
    const auto executor =
        boost::asio::prefer(self.executor_, boost::asio::execution::outstanding_work_t::tracked);
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(self.outcome_.before());
        self.outcome_.set_value();
      } else {
        self.outcome_.set_value(co_await std::move(self.outcome_.before()));
      }
    } catch (...) {
      self.outcome_.set_exception(std::current_exception());
    }
    boost::asio::dispatch(executor, std::move(resume));
  }

  Executor executor_;
  outcome<T, awaitable> outcome_;
};

// An operation that waits for Rust on behalf of an execution context.
class pending {
 public:
  // Lets go of everything: the context is going away, and none of its threads runs any more.
  virtual void abandon() noexcept = 0;

 protected:
  ~pending() = default;
};

// The operations that wait in one execution context. Asio shuts services down before the context is
// gone: so nobody posts to a context that does not exist any more.
class pending_service final : public boost::asio::execution_context::service {
 public:
  using key_type = pending_service;
  static inline boost::asio::execution_context::id id;

  explicit pending_service(boost::asio::execution_context& context) : service(context) {}

  void add(std::shared_ptr<pending> operation) {
    const std::lock_guard lock(mutex_);
    operations_.insert(std::move(operation));
  }

  void remove(const std::shared_ptr<pending>& operation) noexcept {
    const std::lock_guard lock(mutex_);
    operations_.erase(operation);
  }

 private:
  void shutdown() override {
    // To abandon one may destroy a coroutine, and that may begin or end others.
    while (const auto operation = take()) operation->abandon();
  }

  std::shared_ptr<pending> take() noexcept {
    const std::lock_guard lock(mutex_);
    if (operations_.empty()) return nullptr;
    return std::move(operations_.extract(operations_.begin()).value());
  }

  std::mutex mutex_;
  std::unordered_set<std::shared_ptr<pending>> operations_;
};

// Stands in for a future type in a specialisation below.
struct error_factory {};

}  // namespace detail

// `Error` lets nobody make one but the receivers of futures; so this one is a receiver, of none.
template <>
class RustFutureReceiver<detail::error_factory> {
 public:
  static Error make(const char* message) { return Error(message); }
};

namespace detail {

// Polls a Rust future on an executor, and completes a handler with what it comes to.
//
// One thread polls at a time, and never from inside a waker: a wake only posts the next poll. So a
// future may wake itself, and C++ never goes on in a thread of Rust.
template <typename Future, typename Handler>
class await_operation final
    : public pending,
      public std::enable_shared_from_this<await_operation<Future, Handler>> {
  using value = typename Future::YieldResult;
  using executor = boost::asio::associated_executor_t<Handler>;

 public:
  await_operation(Future future, Handler handler)
      : executor_(boost::asio::get_associated_executor(handler)),
        service_(boost::asio::use_service<pending_service>(context_of(executor_))),
        work_(executor_),
        future_(std::move(future)),
        handler_(std::move(handler)) {}

  // Polls for the first time, in the thread of whoever began.
  void begin() {
    const auto self = this->shared_from_this();
    service_.add(self);
    waker_.reset(new SuspendedCoroutine(nullptr, [weak = this->weak_from_this()](auto*) {
      if (const auto operation = weak.lock()) operation->wake();
      return FutureWakeStatus::Pending;
    }));
    connect_cancellation();
    // A handler is never called by the function that it was given to, so a result that is there
    // at once is posted as well.
    if (poll_future()) post([](await_operation& operation) { operation.complete(); });
  }

  void abandon() noexcept override {
    std::unique_lock lock(mutex_);
    if (state_ == state::done) return;
    state_ = state::done;
    lock.unlock();
    let_go();
  }

 private:
  // What the next wake has to do: post a poll (idle), have the poll under way repeated (polling),
  // or nothing.
  enum class state { idle, scheduled, polling, woken, done };

  struct release_waker {
    void operator()(SuspendedCoroutine* waker) const noexcept { waker->release(); }
  };

  // Called by Rust, in any thread.
  void wake() {
    const std::lock_guard lock(mutex_);
    if (state_ == state::polling) state_ = state::woken;
    if (state_ == state::idle) schedule_poll();
  }

  // With the mutex held, so that the context cannot go away meanwhile: see `abandon`.
  void schedule_poll() {
    state_ = state::scheduled;
    post([](await_operation& operation) {
      if (operation.poll_future()) operation.complete();
    });
  }

  template <typename Function>
  void post(Function function) {
    boost::asio::post(executor_, [self = this->shared_from_this(), function] { function(*self); });
  }

  // Whether there is a result now.
  bool poll_future() {
    {
      const std::lock_guard lock(mutex_);
      if (state_ == state::done) return false;
      state_ = state::polling;
      if (cancelled_) {
        result_.set_exception(std::make_exception_ptr(
            boost::system::system_error(boost::asio::error::operation_aborted)));
        return true;
      }
    }
    RustFutureResult<value> result;
    // The waker's reference is taken over by the poll.
    switch (static_cast<FuturePollStatus>(
        Future::vtable()->future_poll(*future_, &result, waker_->add_ref()))) {
      case FuturePollStatus::Complete:
        if constexpr (std::is_void_v<value>) {
          result_.set_value();
        } else {
          result_.set_value(std::move(result.m_result));
          std::destroy_at(&result.m_result);
        }
        return true;
      case FuturePollStatus::Error:
        result_.set_exception(std::make_exception_ptr(
            RustFutureReceiver<error_factory>::make(result.m_exception.c_str())));
        std::destroy_at(&result.m_exception);
        return true;
      default:
        break;
    }
    const std::lock_guard lock(mutex_);
    if (state_ == state::woken) {
      schedule_poll();
    } else if (state_ == state::polling) {
      state_ = state::idle;
    }
    return false;
  }

  void complete() {
    {
      const std::lock_guard lock(mutex_);
      if (state_ == state::done) return;
      state_ = state::done;
    }
    const auto self = this->shared_from_this();
    service_.remove(self);
    disconnect_cancellation();
    auto handler = std::move(*handler_);
    auto result = std::move(result_);
    let_go();
    result.deliver(handler);
  }

  // Frees all that is held, in the thread that ended the operation. Rust may hold the waker, and
  // through it this object, for longer.
  void let_go() noexcept {
    future_.reset();
    handler_.reset();
    waker_.reset();
    work_.reset();
  }

  // Per-operation cancellation came with Boost 1.77. It drops the Rust future.
  void connect_cancellation() {
#if BOOST_VERSION >= 107700
    auto slot = boost::asio::get_associated_cancellation_slot(*handler_);
    if (!slot.is_connected()) return;
    slot.assign([weak = this->weak_from_this()](boost::asio::cancellation_type type) {
      const auto operation = weak.lock();
      if (!operation || type == boost::asio::cancellation_type::none) return;
      const std::lock_guard lock(operation->mutex_);
      operation->cancelled_ = true;
      if (operation->state_ == state::polling) operation->state_ = state::woken;
      if (operation->state_ == state::idle) operation->schedule_poll();
    });
#endif
  }

  void disconnect_cancellation() {
#if BOOST_VERSION >= 107700
    auto slot = boost::asio::get_associated_cancellation_slot(*handler_);
    if (slot.is_connected()) slot.clear();
#endif
  }

  executor executor_;
  pending_service& service_;
  boost::asio::executor_work_guard<executor> work_;
  std::optional<Future> future_;
  std::optional<Handler> handler_;
  std::unique_ptr<SuspendedCoroutine, release_waker> waker_;
  outcome<value> result_;

  std::mutex mutex_;  // guards what follows
  state state_ = state::polling;
  bool cancelled_ = false;
};

// What a handler is called with beside the exception: nothing for `void`, the value, or, where a
// value cannot be made up for an exception, a value that may be missing.
template <typename T>
struct await_signature {
  using type = void(std::exception_ptr, std::optional<T>);
};
template <typename T>
  requires std::is_default_constructible_v<T>
struct await_signature<T> {
  using type = void(std::exception_ptr, T);
};
template <>
struct await_signature<void> {
  using type = void(std::exception_ptr);
};

template <typename Future>
concept rust_future = std::derived_from<Future, RustFuture<Future>>;

}  // namespace detail

// Goes on in a thread of the executor. When that goes away first, the coroutine is destroyed, and
// Rust gets no result; see cxx-async-tokio for how it learns of that.
template <typename Executor>
auto schedule(Executor&& executor) {
  return detail::schedule_awaiter(detail::executor_of(std::forward<Executor>(executor)));
}

// Runs an awaitable on an executor. The coroutine that awaits it goes on there too, with the
// awaitable's value or exception.
template <typename Executor, typename T, typename AwaitableExecutor>
auto schedule_on(Executor&& executor, boost::asio::awaitable<T, AwaitableExecutor> task) {
  auto it = detail::executor_of(std::forward<Executor>(executor));
  return detail::schedule_on_awaiter<decltype(it), T, AwaitableExecutor>(std::move(it),
                                                                         std::move(task));
}

// Awaits a Rust future as an Asio operation.
//
// The completion handler is called on its associated executor (Asio's system executor where it has
// none), and never from within this function. Its signature, for a future of T:
//
//   void(std::exception_ptr)                      T is void
//   void(std::exception_ptr, T)                   T has a default constructor
//   void(std::exception_ptr, std::optional<T>)    it has none; empty beside an exception
//
// Cancelled through the handler's cancellation slot (Boost 1.77 and later), it drops the future and
// completes with `operation_aborted`.
template <detail::rust_future Future, typename CompletionToken>
auto async_await(Future future, CompletionToken&& token) {
  using signature = typename detail::await_signature<typename Future::YieldResult>::type;
  return boost::asio::async_initiate<CompletionToken, signature>(
      []<typename Handler>(Handler&& handler, Future future) {
        using operation = detail::await_operation<Future, std::decay_t<Handler>>;
        std::make_shared<operation>(std::move(future), std::forward<Handler>(handler))->begin();
      },
      token, std::move(future));
}

// Awaits a Rust future in an asio::awaitable: `co_await async_await(future())` is its value,
// whatever its type.
template <detail::rust_future Future>
boost::asio::awaitable<typename Future::YieldResult> async_await(Future future) {
  using value = typename Future::YieldResult;
  if constexpr (std::is_void_v<value> || std::is_default_constructible_v<value>) {
    co_return co_await async_await(std::move(future), boost::asio::use_awaitable);
  } else {
    auto result = co_await async_await(std::move(future), boost::asio::use_awaitable);
    co_return std::move(*result);
  }
}

}  // namespace rust::async
