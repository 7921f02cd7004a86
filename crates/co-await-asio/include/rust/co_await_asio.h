// Boost.Asio for coroutines that Rust awaits, and Rust futures for Boost.Asio.
//
// In a coroutine that returns a Rust future or stream:
//
//   co_await rust::async::schedule(pool);                        go on in a thread of the pool
//   T value = co_await rust::async::schedule_on(pool, task());   run an asio::awaitable<T> there
//
// In Asio:
//
//   T value = co_await rust::async::async_await(rust_future());  in an asio::awaitable
//   rust::async::async_await(rust_future(), token);              with any completion token
//
// Where an executor is asked for, an execution context such as a thread_pool or an io_context will
// do too. Exceptions pass through unchanged; an error of Rust arrives as `rust::async::Error`.
//
// Destroying an execution context destroys the coroutines that wait in it, or that went to it and
// wait for Rust, and drops the Rust futures that they await. Rust is told, and nothing is called
// back after that.
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
#include <boost/asio/execution/executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/is_executor.hpp>
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
#include <optional>
#include <type_traits>
#include <variant>

#include "rust/co_await.h"

#if BOOST_VERSION >= 107700
#include <boost/asio/associated_cancellation_slot.hpp>
#endif

namespace rust::async {

namespace detail {

template <typename T>
concept asio_executor =
    boost::asio::is_executor<T>::value || boost::asio::execution::is_executor_v<T>;

// An executor, or what has one: an execution context, or whatever wraps one.
template <typename T>
concept has_asio_executor = asio_executor<std::remove_cvref_t<T>> || requires(T& context) {
  requires asio_executor<std::remove_cvref_t<decltype(context.get_executor())>>;
};

template <has_asio_executor T>
auto executor_of(T&& executor) {
  if constexpr (asio_executor<std::remove_cvref_t<T>>) {
    return std::forward<T>(executor);
  } else {
    return executor.get_executor();
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

// Keeps the waiting room of an execution context. Asio shuts services down before the context is
// gone, the newest first: so nobody posts to a context that does not exist any more.
class waiting_service final : public boost::asio::execution_context::service {
 public:
  using key_type = waiting_service;
  static inline boost::asio::execution_context::id id;

  explicit waiting_service(boost::asio::execution_context& context) : service(context) {}

  const std::shared_ptr<waiting_room>& room() const noexcept { return room_; }

 private:
  void shutdown() override { room_->close(); }

  std::shared_ptr<waiting_room> room_ = std::make_shared<waiting_room>();
};

template <asio_executor E>
struct executor_traits<E> {
  static void post(const E& executor, turn_handler handler) {
    boost::asio::post(executor, std::move(handler));
  }
  static std::shared_ptr<waiting_room> room(const E& executor) {
    return boost::asio::use_service<waiting_service>(context_of(executor)).room();
  }
};

// What an awaitable came to: a value, nothing for `void`, or an exception; and before that, in the
// same place, the awaitable.
template <typename T, typename Awaitable>
class outcome {
  using value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

 public:
  explicit outcome(Awaitable task) : result_(std::in_place_index<0>, std::move(task)) {}

  Awaitable& task() { return *std::get_if<0>(&result_); }

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

 private:
  std::variant<Awaitable, value, std::exception_ptr> result_;
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
class schedule_on_awaiter : public turn {
  using awaitable = boost::asio::awaitable<T, AwaitableExecutor>;

 public:
  schedule_on_awaiter(promise_base& promise, awaitable task)
      : turn{nullptr, &schedule_on_awaiter::take}, promise_(promise), outcome_(std::move(task)) {}

  bool await_ready() const noexcept { return false; }

  // Never inlined: clang 17 and 18 then keep locals of this function in the coroutine's frame.
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) noexcept {
    if (promise_.left()) return coroutine.destroy();
    promise_.post(this);
  }

  T await_resume() { return outcome_.get(); }

 private:
  const Executor& executor() const noexcept { return promise_.executor().template get<Executor>(); }

  // Called when the awaitable is to begin, in a thread of the executor, and once more when it has
  // ended: as a turn each time, for either may find that the executor has gone.
  static void take(turn* self, bool alive) {
    auto& awaiter = *static_cast<schedule_on_awaiter*>(self);
    const auto coroutine = awaiter.promise_.coroutine();
    if (!alive || awaiter.promise_.left()) return coroutine.destroy();
    if (std::exchange(awaiter.begun_, true)) return coroutine.resume();
    launch(run(awaiter, turn_handler(self)), AwaitableExecutor(awaiter.executor()));
  }

  // Runs the awaitable, and resumes who waits for it. `self` is a part of what is resumed, and so
  // is not touched after that.
  static boost::asio::awaitable<entry_point, AwaitableExecutor> run(schedule_on_awaiter& self,
                                                                    turn_handler ended) {
    // An executor that counts as work: its context is not done before this is.
    const auto executor =
        boost::asio::prefer(self.executor(), boost::asio::execution::outstanding_work_t::tracked);
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(self.outcome_.task());
        self.outcome_.set_value();
      } else {
        self.outcome_.set_value(co_await std::move(self.outcome_.task()));
      }
    } catch (...) {
      self.outcome_.set_exception(std::current_exception());
    }
    boost::asio::dispatch(executor, std::move(ended));
  }

  promise_base& promise_;
  outcome<T, awaitable> outcome_;
  bool begun_ = false;
};

template <typename Executor, typename T, typename AwaitableExecutor>
struct scheduled_task {
  Executor executor;
  boost::asio::awaitable<T, AwaitableExecutor> task;
  auto bind(promise_base& promise) && {
    promise.executor().emplace(std::move(executor));
    return schedule_on_awaiter<Executor, T, AwaitableExecutor>(promise, std::move(task));
  }
};

// Completes a handler with what a Rust future comes to, which it polls on the handler's executor.
template <typename Future, typename Handler>
class await_operation final : public wait {
  using value = typename Future::YieldResult;
  using executor = boost::asio::associated_executor_t<Handler>;

 public:
  await_operation(Future&& future, Handler&& handler)
      : polled_(std::move(future)), held_(std::in_place, std::move(handler)) {}

  // Polls for the first time, in the thread of whoever began.
  void begin_here() {
    connect_cancellation();
    begin(executor_traits<executor>::room(held_->on), [](turn*) { return true; });
  }

 private:
  // All that touches the handler's context: gone before that is.
  struct held {
    explicit held(Handler&& given)
        : on(boost::asio::get_associated_executor(given)), work(on), handler(std::move(given)) {}

    executor on;
    boost::asio::executor_work_guard<executor> work;
    Handler handler;
  };

  bool step() noexcept override {
    if (!ready_ && cancelled_) {
      aborted_ = std::make_exception_ptr(
          boost::system::system_error(boost::asio::error::operation_aborted));
    }
    ready_ = ready_ || cancelled_ || polled_.poll(this);
    if (ready_) polled_.forget();
    // A handler is never called by the function that it was given to, so a result that is there at
    // once is waited for as well.
    if (std::exchange(begins_, false) && ready_) {
      wake();
      return false;
    }
    return ready_;
  }

  void resume() override {
    const wait_pointer self(this);
    disconnect_cancellation();
    auto handler = std::move(held_->handler);
    held_.reset();
    complete(std::move(handler));
  }
  void end() noexcept override {
    polled_.forget();
    held_.reset();
    release();
  }
  void post(turn* turn) noexcept override {
    const executor on = held_->on;
    executor_traits<executor>::post(on, turn_handler(turn));
  }
  bool take_back(turn*) noexcept override { return true; }

  // For the signature see `async_await`.
  void complete(Handler handler) {
    const auto error = aborted_ ? aborted_ : polled_.error();
    if constexpr (std::is_void_v<value>) {
      std::move(handler)(error);
    } else if constexpr (std::is_default_constructible_v<value>) {
      std::move(handler)(error, error ? value() : polled_.get());
    } else {
      std::move(handler)(error, error ? std::optional<value>() : polled_.get());
    }
  }

  // Per-operation cancellation came with Boost 1.77. It drops the Rust future.
  void connect_cancellation() {
#if BOOST_VERSION >= 107700
    auto slot = boost::asio::get_associated_cancellation_slot(held_->handler);
    if (!slot.is_connected()) return;
    this->add_ref();
    slot.assign([self = wait_pointer(this)](boost::asio::cancellation_type type) {
      if (type == boost::asio::cancellation_type::none) return;
      self->cancelled_ = true;
      self->wake();
    });
#endif
  }

  void disconnect_cancellation() {
#if BOOST_VERSION >= 107700
    auto slot = boost::asio::get_associated_cancellation_slot(held_->handler);
    if (slot.is_connected()) slot.clear();
#endif
  }

  polled<Future> polled_;
  std::optional<held> held_;
  std::exception_ptr aborted_;
  std::atomic<bool> cancelled_ = false;
  bool begins_ = true;
  bool ready_ = false;
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

}  // namespace detail

// Goes on in a thread of the executor, and comes back there after each `co_await` of a Rust future.
// When the executor goes away first, the coroutine is destroyed, and Rust is told.
template <detail::has_asio_executor Executor>
auto schedule(Executor&& executor) {
  return detail::scheduled{detail::executor_of(std::forward<Executor>(executor))};
}

// Runs an awaitable on an executor. The coroutine that awaits it goes on there too, with the
// awaitable's value or exception.
template <detail::has_asio_executor Executor, typename T, typename AwaitableExecutor>
auto schedule_on(Executor&& executor, boost::asio::awaitable<T, AwaitableExecutor> task) {
  return detail::scheduled_task{detail::executor_of(std::forward<Executor>(executor)),
                                std::move(task)};
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
        using handler_type = std::decay_t<Handler>;
        using operation = detail::await_operation<Future, handler_type>;
        if (future.moved_from()) detail::throw_moved_from();
        // It holds a reference to itself until it is over.
        std::make_unique<operation>(std::move(future), handler_type(std::forward<Handler>(handler)))
            .release()
            ->begin_here();
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
