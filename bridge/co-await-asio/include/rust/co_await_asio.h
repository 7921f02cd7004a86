// Boost.Asio for coroutines that Rust awaits, and Rust futures and streams for Boost.Asio.
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
//   while (auto item = co_await rust::async::async_next(stream)) ...
//
// Where an executor is asked for, an execution context such as a thread_pool or an io_context will
// do too. Exceptions pass through unchanged; an error of Rust arrives as `rust::async::Error`.
//
// When Rust lets go of its future, an awaitable that `schedule_on` runs is cancelled (`terminal`),
// and who waits for Rust lets go of that. Asio has cancellation from Boost 1.77 on: before, the
// awaitable runs to its end.
//
// Destroying an execution context destroys the coroutines that wait in it, or that went to it and
// wait for Rust, and drops the Rust futures that they await. Rust is told, and nothing is called
// back after that.
#pragma once

// clang-format off
#include <utility>  // first: awaitable.hpp of Boost 1.74 needs it and forgets it
// clang-format on

#include <atomic>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>  // before Boost 1.83, for those who start what awaits Rust
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
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <boost/version.hpp>
#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <variant>

#include "rust/co_await.h"

#if BOOST_VERSION >= 107700
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#endif
#if BOOST_VERSION >= 108200
#include <boost/asio/associated_immediate_executor.hpp>
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

template <typename Executor>
constexpr bool is_strand = false;
template <typename Executor>
constexpr bool is_strand<boost::asio::strand<Executor>> = true;

// As much of an executor as a strand wants to see of one when it is made.
struct executor_in {
  boost::asio::execution_context& where;
  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
    return where;
  }
  template <typename Function>
  void execute(Function&&) const {}
  bool operator==(const executor_in& other) const noexcept { return &where == &other.where; }
};

// Keeps the waiting room of an execution context. Asio shuts services down before the context is
// gone, the newest first: so nobody posts to a context that does not exist any more, nor to a
// strand, whose service is older than this one.
class waiting_service final : public boost::asio::execution_context::service {
 public:
  using key_type = waiting_service;
  static inline boost::asio::execution_context::id id;

  explicit waiting_service(boost::asio::execution_context& context) : service(context) {
    const boost::asio::strand<executor_in> makes_the_service_of_strands(executor_in{context});
  }

  const room_pointer& room() const noexcept { return room_; }

  // Lets it know how to ask the context whether this thread is one of its own.
  template <typename Executor>
  void ask(const Executor& executor) {
    if constexpr (is_strand<Executor>) {
      ask(executor.get_inner_executor());
    } else if constexpr (requires { executor.running_in_this_thread(); }) {
      if (asks_.exchange(true)) return;
      // Not counted as work of the context, which would never be done.
      const auto idle =
          boost::asio::prefer(executor, boost::asio::execution::outstanding_work_t::untracked);
      is_own_thread_ = [idle] { return idle.running_in_this_thread(); };
    }
  }

 private:
  void shutdown() override {
    if (is_own_thread_ && is_own_thread_()) {
      std::fputs(
          "co_await: an execution context of Boost.Asio is destroyed by one of its own threads, "
          "which would have to wait for itself: let an object that owns one outlive its "
          "coroutines, "
          "by `keep` in Rust, and take no shared_ptr to it into them\n",
          stderr);
      std::abort();
    }
    room_->close();
  }

  room_pointer room_ = room_pointer::make();
  std::atomic<bool> asks_ = false;
  std::function<bool()> is_own_thread_;
};

template <asio_executor E>
waiting_service& service_of(const E& executor) {
  auto& service = boost::asio::use_service<waiting_service>(context_of(executor));
#ifndef NDEBUG
  service.ask(executor);
#endif
  return service;
}

template <asio_executor E>
struct executor_traits<E> {
  static void post(const E& executor, turn_handler handler) {
    boost::asio::post(executor, std::move(handler));
  }
  // In debug builds: so that a context that one of its own threads destroys is found.
  static void watch(const E& executor) { service_of(executor); }
  static room_pointer room(const E& executor) { return service_of(executor).room(); }
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

// --- Awaitables, run for a coroutine. ------------------------------------------------------------

// Where an awaitable runs. To cancel it is to touch what its operations are at work on, and so it
// has to be on a strand: its own, unless the executor is one. An awaitable whose executors are of
// a type that no strand fits is not cancelled.
#if BOOST_VERSION >= 107700
template <typename Executor, typename AwaitableExecutor>
constexpr bool takes_strand =
    !is_strand<Executor> && std::is_convertible_v<boost::asio::strand<Executor>, AwaitableExecutor>;

template <typename Executor, typename AwaitableExecutor>
constexpr bool is_cancellable = is_strand<Executor> || takes_strand<Executor, AwaitableExecutor>;

// Has an awaitable end early when Rust leaves.
template <typename Executor>
class task_cancellation final : public turn, public counted {
 public:
  task_cancellation(Executor on, room_pointer room)
      : turn{nullptr, &task_cancellation::take}, room_(std::move(room)), on_(std::move(on)) {}

  // As long as the awaitable runs.
  const Executor& executor() const noexcept { return *on_; }
  boost::asio::cancellation_slot slot() noexcept { return signal_.slot(); }

  // The awaitable has ended, and its executor may go. On the strand, or when that has gone.
  void end() noexcept {
    slot().clear();
    const std::lock_guard lock(mutex_);
    on_.reset();
  }

 private:
  // Rust leaves, in whatever thread.
  static void take(turn* self, bool) {
    const counted_pointer cancellation(static_cast<task_cancellation*>(self));
    const auto room = cancellation->room_;
    if (!room->enter()) return;  // the context goes, and the awaitable with it
    try {
      cancellation->post_cancellation();
    } catch (...) {
      // The executor refuses it for now.
      cancellation->add_ref();
      coawait_take_elsewhere(self);
    }
    room->leave();
  }

  void post_cancellation() {
    const std::lock_guard lock(mutex_);
    if (!on_) return;
    add_ref();
    boost::asio::post(*on_, [running = counted_pointer(this)] {
      running->signal_.emit(boost::asio::cancellation_type::terminal);
    });
  }

  room_pointer room_;
  std::mutex mutex_;  // an awaitable that has ended needs its executor no more
  std::optional<Executor> on_;
  boost::asio::cancellation_signal signal_;
};
#else
template <typename Executor, typename AwaitableExecutor>
constexpr bool takes_strand = false;
template <typename Executor, typename AwaitableExecutor>
constexpr bool is_cancellable = false;
template <typename Executor>
class task_cancellation;
#endif

// Runs an awaitable to its end, and then takes the turn on the executor; gives it up where the
// executor goes before. It begins at once, in this thread, which has to be one of the executor's.
// With a slot it can be cancelled.
#if BOOST_VERSION >= 108300
template <typename Executor, typename... Slot>
void run(const Executor& on, boost::asio::awaitable<void, Executor> task, turn_handler ended,
         Slot... slot) {
  auto handler = [ended = std::move(ended)](std::exception_ptr) mutable { ended(); };
  if constexpr (sizeof...(Slot) == 0) {
    boost::asio::co_spawn(on, std::move(task), std::move(handler));
  } else {
    boost::asio::co_spawn(on, std::move(task),
                          boost::asio::bind_cancellation_slot(slot..., std::move(handler)));
  }
}
#else
// Before Boost 1.83 `co_spawn` posts the beginning and the end once more, and with many in flight
// that doubles the way there and back. This is what it does inside, the same from 1.77 to 1.90; and
// the only use of Asio's own parts.
#if BOOST_VERSION >= 107700
using entry_point = boost::asio::detail::awaitable_thread_entry_point;
#else
using entry_point = void;
#endif

template <typename Executor>
boost::asio::awaitable<entry_point, Executor> enter(Executor on,
                                                    boost::asio::awaitable<void, Executor> task,
                                                    turn_handler ended) {
  // An executor that counts as work: its context is not done before this is.
  const auto working = boost::asio::prefer(on, boost::asio::execution::outstanding_work_t::tracked);
  co_await std::move(task);
  boost::asio::dispatch(working, std::move(ended));
}

template <typename Executor, typename... Slot>
void run(const Executor& on, boost::asio::awaitable<void, Executor> task, turn_handler ended,
         [[maybe_unused]] Slot... slot) {
  auto entry = enter(on, std::move(task), std::move(ended));
#if BOOST_VERSION >= 107700
  boost::asio::detail::awaitable_handler<Executor, void>(
      std::move(entry), on, boost::asio::cancellation_slot(slot...),
      boost::asio::cancellation_state(boost::asio::cancellation_slot(slot...)))
      .launch();
#else
  boost::asio::detail::awaitable_handler<Executor, void>(std::move(entry), on).launch();
#endif
}
#endif

template <typename Executor, typename T, typename AwaitableExecutor>
class schedule_on_awaiter : public coroutine_turn {
  using awaitable = boost::asio::awaitable<T, AwaitableExecutor>;
  static constexpr bool cancellable = is_cancellable<Executor, AwaitableExecutor>;

 public:
  schedule_on_awaiter(promise_base& promise, awaitable task)
      : coroutine_turn(promise, &schedule_on_awaiter::take), outcome_(std::move(task)) {}

  bool await_ready() const noexcept { return false; }

  // Never inlined: else clang 17 and 18 keep locals of this function in the coroutine's frame.
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<>) { suspend(); }

  T await_resume() { return outcome_.get(); }

 private:
  enum class phase : std::uint8_t { waiting, entering, running };

  // Called in a thread of the executor, then on the strand, if there is one, and once more when the
  // awaitable has ended: as a turn each time, for any of these may find that the executor has gone.
  static void take(turn* self, bool alive) {
    auto& awaiter = *static_cast<schedule_on_awaiter*>(self);
    const bool goes_on = alive && !awaiter.promise().left();
    if (awaiter.phase_ == phase::running || !goes_on) return awaiter.end(goes_on);
    try {
      // The turn comes back where it is refused; otherwise all of this may be gone.
      if (!hand_over(self, [&](turn_handler handler) { awaiter.enter(std::move(handler)); })) {
        awaiter.end(false);
      }
    } catch (...) {
      awaiter.outcome_.set_exception(std::current_exception());
      awaiter.end(true);
    }
  }

  void enter(turn_handler handler) {
    const auto& executor = promise().executor().template get<Executor>();
    if constexpr (takes_strand<Executor, AwaitableExecutor>) {
      if (std::exchange(phase_, phase::entering) == phase::entering) {
        return start(AwaitableExecutor(cancellation_->executor()), std::move(handler));
      }
      const auto strand = boost::asio::make_strand(executor);
      if (is_to_be_cancelled_on(strand)) boost::asio::dispatch(strand, std::move(handler));
    } else {
      const AwaitableExecutor on(executor);
      if constexpr (cancellable) {
        if (!is_to_be_cancelled_on(on)) return;
      }
      start(on, std::move(handler));
    }
  }

  // False when Rust has left.
  bool is_to_be_cancelled_on(const AwaitableExecutor& on) {
    using cancellation = task_cancellation<AwaitableExecutor>;
    cancellation_ = counted_pointer<cancellation>::make(on, promise().room());
    cancellation_->add_ref();  // the call's
    if (promise().hang(cancellation_.get())) return true;
    cancellation_->release();
    return false;
  }

  void start(const AwaitableExecutor& on, turn_handler handler) {
    const promise_base::entered_span span(promise());
    auto task = outcome_of_task();
    phase_ = phase::running;
    if constexpr (cancellable) {
      run(on, std::move(task), std::move(handler), cancellation_->slot());
    } else {
      run(on, std::move(task), std::move(handler));
    }
  }

  boost::asio::awaitable<void, AwaitableExecutor> outcome_of_task() {
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(outcome_.task());
        outcome_.set_value();
      } else {
        outcome_.set_value(co_await std::move(outcome_.task()));
      }
    } catch (...) {
      outcome_.set_exception(std::current_exception());
    }
  }

  // The last: it resumes or destroys what this is a part of.
  void end(bool goes_on) {
    if constexpr (cancellable) {
      if (cancellation_) {
        if (promise().take_back(cancellation_.get())) cancellation_->release();
        cancellation_->end();
      }
    }
    if (!goes_on) return promise().coroutine().destroy();
    promise().resume();
  }

  outcome<T, awaitable> outcome_;
  std::conditional_t<cancellable, counted_pointer<task_cancellation<AwaitableExecutor>>,
                     std::monostate>
      cancellation_;
  phase phase_ = phase::waiting;
};

template <typename Executor, typename T, typename AwaitableExecutor>
struct [[nodiscard("write co_await before it")]] scheduled_task {
  Executor executor;
  boost::asio::awaitable<T, AwaitableExecutor> task;
  auto bind(promise_base& promise) && {
    promise.executor().change_to(std::move(executor));
    return schedule_on_awaiter<Executor, T, AwaitableExecutor>(promise, std::move(task));
  }
};

// An awaitable of Asio by itself does not say where it is to run.
template <typename T, typename AwaitableExecutor>
struct awaitable_traits<boost::asio::awaitable<T, AwaitableExecutor>> {
  template <typename Awaitable>
  static std::suspend_never bind(promise_base&, Awaitable&&) {
    static_assert(sizeof(Awaitable) == 0,
                  "an asio::awaitable needs an executor here: write "
                  "co_await rust::async::schedule_on(executor, awaitable)");
    return {};
  }
};

// --- Waiting on behalf of completion handlers. ---------------------------------------------------

#if BOOST_VERSION >= 107700
using default_cancellation_filter = boost::asio::enable_terminal_cancellation;
#else
struct default_cancellation_filter {};
#endif

// What an operation came to, and how a handler is told; for the signatures see `async_await`.
template <typename T>
class completion {
  static constexpr bool is_void = std::is_void_v<T>;
  using stored = std::conditional_t<is_void, std::monostate, T>;
  template <typename Stored>
  static auto signature_of() {
    if constexpr (is_void) {
      return static_cast<void (*)(std::exception_ptr)>(nullptr);
    } else if constexpr (std::is_default_constructible_v<Stored>) {
      return static_cast<void (*)(std::exception_ptr, Stored)>(nullptr);
    } else {
      return static_cast<void (*)(std::exception_ptr, std::optional<Stored>)>(nullptr);
    }
  }

 public:
  using signature = std::remove_pointer_t<decltype(signature_of<stored>())>;

  explicit completion(std::exception_ptr error) noexcept : error_(std::move(error)) {}
  template <typename Source>
  explicit completion(Source& source) noexcept {
    try {
      if constexpr (is_void) {
        source.get();
      } else {
        value_.emplace(source.get());
      }
    } catch (...) {
      error_ = std::current_exception();
    }
  }

  template <typename Handler>
  void operator()(Handler&& handler) && {
    if constexpr (is_void) {
      std::forward<Handler>(handler)(error_);
    } else if constexpr (!std::is_default_constructible_v<stored>) {
      std::forward<Handler>(handler)(error_, std::move(value_));
    } else {
      std::forward<Handler>(handler)(error_, value_ ? std::move(*value_) : stored());
    }
  }

 private:
  std::exception_ptr error_;
  std::optional<stored> value_;
};

// Completes a handler with what a source has, which it looks for on the handler's executor.
template <typename Source, typename Executor, typename Filter, typename Handler>
class handler_wait final : public wait {
  using executor = boost::asio::associated_executor_t<Handler, Executor>;
  using result = completion<decltype(std::declval<Source&>().get())>;

 public:
  template <typename... Args>
  handler_wait(const Executor& otherwise, Filter filter, Handler&& handler, Args&&... args)
      : source_(std::forward<Args>(args)...),
        held_(hold(std::move(handler), otherwise)),
        filter_(filter) {}

  // Looks for the first time, in the thread of whoever began. It holds a reference to itself until
  // it is over.
  void begin_here() {
    connect_cancellation();
    begin(executor_traits<executor>::room(held_->on), [](turn*) { return true; });
  }

 private:
  // All that touches the handler's context, in memory of the handler's: gone before the context is,
  // and before the handler is called. What Rust's wakers hold on to is not in there.
  struct held {
    held(Handler&& given, const Executor& otherwise)
        : on(boost::asio::get_associated_executor(given, otherwise)),
          work(on),
          handler(std::move(given)) {}

    executor on;
    boost::asio::executor_work_guard<executor> work;
    Handler handler;
  };
  using allocator = typename std::allocator_traits<
      boost::asio::associated_allocator_t<Handler>>::template rebind_alloc<held>;
  struct let_go {
    allocator memory;
    void operator()(held* held) {
      auto copy = memory;  // the memory may be where this is from
      std::destroy_at(held);
      std::allocator_traits<allocator>::deallocate(copy, held, 1);
    }
  };
  using held_pointer = std::unique_ptr<held, let_go>;

  static held_pointer hold(Handler&& handler, const Executor& otherwise) {
    allocator memory(boost::asio::get_associated_allocator(handler));
    auto* const room = std::allocator_traits<allocator>::allocate(memory, 1);
    return held_pointer(std::construct_at(room, std::move(handler), otherwise), let_go{memory});
  }

  bool step() noexcept override {
    if (!ready_) aborted_ = cancelled_;
    ready_ = ready_ || aborted_ || source_.poll(*this);
    // A handler is never called by the function that it was given to, so a result that is there at
    // once is waited for as well.
    at_once_ = std::exchange(begins_, false) && ready_;
    if (at_once_) wake();
    return ready_ && !at_once_;
  }

  void resume() override {
    counted_pointer self(this);
    disconnect_cancellation();
    auto outcome = aborted_ ? aborted() : result(source_);
    source_.forget();
    auto handler = std::move(held_->handler);
    held_.reset();
    self.reset();
    std::move(outcome)(std::move(handler));
  }
  void end() noexcept override {
    source_.forget();
    held_.reset();
    release();
  }
  bool post(turn* turn) override {
    const executor on = held_->on;
    return hand_over(turn, [&](turn_handler handler) {
#if BOOST_VERSION >= 108200
      if (at_once_) {
        const auto immediate = boost::asio::get_associated_immediate_executor(held_->handler, on);
        return boost::asio::dispatch(immediate, std::move(handler));
      }
#endif
      executor_traits<executor>::post(on, std::move(handler));
    });
  }
  bool take_back(turn*) noexcept override { return true; }
  void forget() noexcept override { source_.forget(); }

  static result aborted() {
    return result(std::make_exception_ptr(
        boost::system::system_error(boost::asio::error::operation_aborted)));
  }

  // Per-operation cancellation came with Boost 1.77. It lets go of what is waited for.
  void connect_cancellation() {
#if BOOST_VERSION >= 107700
    auto slot = boost::asio::get_associated_cancellation_slot(held_->handler);
    if (!slot.is_connected()) return;
    this->add_ref();
    slot.assign([self = counted_pointer(this)](boost::asio::cancellation_type type) {
      if (self->filter_(type) == boost::asio::cancellation_type::none) return;
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

  Source source_;
  held_pointer held_;
  [[no_unique_address]] Filter filter_;
  std::atomic<bool> cancelled_ = false;
  bool begins_ = true;
  bool at_once_ = false;  // what it waits for was there already
  bool ready_ = false;
  bool aborted_ = false;
};

// Begins to wait for a source. `Executor` is for handlers that have none of their own.
template <typename Source, typename Executor, typename Filter>
struct initiation {
  using executor_type = Executor;

  Executor executor;
  [[no_unique_address]] Filter filter;

  executor_type get_executor() const noexcept { return executor; }

  template <typename Handler, typename... Args>
  void operator()(Handler&& handler, Args&&... args) const {
    using handler_type = std::decay_t<Handler>;
    using wait_type = handler_wait<Source, Executor, Filter, handler_type>;
    std::make_unique<wait_type>(executor, filter, handler_type(std::forward<Handler>(handler)),
                                std::forward<Args>(args)...)
        .release()
        ->begin_here();
  }
};

template <typename Source, typename Executor, typename Filter, typename CompletionToken,
          typename... Args>
auto async_wait_for(const Executor& executor, Filter filter, CompletionToken&& token,
                    Args... args) {
  using result = completion<decltype(std::declval<Source&>().get())>;
  return boost::asio::async_initiate<CompletionToken, typename result::signature>(
      initiation<Source, Executor, Filter>{executor, filter}, token, std::move(args)...);
}

}  // namespace detail

// Goes on in a thread of the executor, and comes back there after each `co_await` of a Rust future.
// When the executor goes away first, the coroutine is destroyed, and Rust is told.
template <detail::has_asio_executor Executor>
auto schedule(Executor&& executor) {
  return detail::scheduled{detail::executor_of(std::forward<Executor>(executor))};
}

// Runs an awaitable on an executor: on a strand there, so that what it does at the same time, with
// `||` for example, is safe. The coroutine that awaits it goes on there too, with the awaitable's
// value or exception.
//
// When Rust lets go of its future the awaitable is cancelled, and the coroutine is destroyed when
// it has ended. An awaitable of a type with an executor that is no `any_io_executor`, and no
// strand, is not cancelled, nor is any before Boost 1.77.
template <detail::has_asio_executor Executor, typename T, typename AwaitableExecutor>
auto schedule_on(Executor&& executor, boost::asio::awaitable<T, AwaitableExecutor> task) {
  return detail::scheduled_task{detail::executor_of(std::forward<Executor>(executor)),
                                std::move(task)};
}

// Awaits a Rust future as an Asio operation.
//
// The completion handler is called on its associated executor (Asio's system executor where it has
// none), and never from within this function, unless its immediate executor says so. Its signature,
// for a future of T:
//
//   void(std::exception_ptr)                      T is void
//   void(std::exception_ptr, T)                   T has a default constructor
//   void(std::exception_ptr, std::optional<T>)    it has none; empty beside an exception
//
// Cancelled through the handler's cancellation slot (Boost 1.77 and later), it drops the future and
// completes with `operation_aborted`. As the future may have had an effect by then, only `terminal`
// cancellation does so, unless a filter such as boost::asio::enable_total_cancellation() says
// otherwise.
//
// Two operations of one awaitable at the same time (`||`, `&&`) want a strand, as all of Asio's do.
template <detail::rust_future Future, typename CompletionToken,
          typename Filter = detail::default_cancellation_filter>
auto async_await(Future future, CompletionToken&& token, Filter filter = {}) {
  if (future.moved_from()) detail::throw_moved_from();
  return detail::async_wait_for<detail::polled<Future>>(boost::asio::system_executor(), filter,
                                                        std::forward<CompletionToken>(token),
                                                        std::move(future));
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

// Awaits the next item of a stream as an Asio operation, as above. The handler's signature is
//
//   void(std::exception_ptr, std::optional<T>)    empty at the end, and beside an exception
//
// The stream has to be there until the handler is called, and is as if it were moved away before.
// Cancelled, it is dropped.
template <detail::rust_stream Stream, typename CompletionToken,
          typename Filter = detail::default_cancellation_filter>
auto async_next(Stream& stream, CompletionToken&& token, Filter filter = {}) {
  if (stream.moved_from()) detail::throw_moved_from();
  return detail::async_wait_for<detail::polled<Stream>>(boost::asio::system_executor(), filter,
                                                        std::forward<CompletionToken>(token),
                                                        std::ref(stream));
}

// The same in an asio::awaitable.
template <detail::rust_stream Stream>
boost::asio::awaitable<std::optional<typename Stream::YieldResult>> async_next(Stream& stream) {
  co_return co_await async_next(stream, boost::asio::use_awaitable);
}

}  // namespace rust::async
