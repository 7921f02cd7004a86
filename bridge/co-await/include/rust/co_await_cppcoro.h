// Schedulers such as CppCoro's, for coroutines that Rust awaits.
//
//   co_await rust::async::schedule(pool);   go on in a thread of a cppcoro::static_thread_pool
//
// What of CppCoro can be cancelled takes a token. One that is cancelled when Rust lets go of the
// future:
//
//   rust::async::cancellation cancellation(co_await rust::async::this_coro::stop_token);
//   co_await delay(cancellation.token());
//
// Any scheduler will do: what has a `schedule()` that can be awaited. It has to outlive the calls
// that went to it: CppCoro's pool forgets what waits in its queue when it is destroyed.
#pragma once

#include <coroutine>
#include <stop_token>
#include <utility>
#if __has_include(<cppcoro/cancellation_source.hpp>)
#include <cppcoro/cancellation_source.hpp>
#include <cppcoro/cancellation_token.hpp>
#endif

#include "rust/co_await.h"

namespace rust::async {

namespace detail {

template <typename T>
concept scheduler = requires(T& scheduler) { scheduler.schedule(); };

// A coroutine that goes by itself, and that nobody waits for. It begins when the function that
// makes it has returned, because of what `end_after_return` is for.
struct detached {
  struct promise_type {
    detached get_return_object() noexcept {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const { throw; }
  };

  // Throws what it throws before it waits.
  void begin() const {
    try {
      coroutine.resume();
    } catch (...) {
      coroutine.destroy();
      throw;
    }
  }

  std::coroutine_handle<> coroutine;
};

template <scheduler Scheduler>
detached take_turn(Scheduler& scheduler, turn_handler handler) {
  co_await scheduler.schedule();
  handler();
}

template <scheduler Scheduler>
struct scheduler_pointer {
  Scheduler* scheduler;
};

template <typename Scheduler>
struct executor_traits<scheduler_pointer<Scheduler>> {
  static void post(scheduler_pointer<Scheduler> executor, turn_handler handler) {
    take_turn(*executor.scheduler, std::move(handler)).begin();
  }
  static room_pointer room(scheduler_pointer<Scheduler>) { return {}; }
};

}  // namespace detail

// Goes on in a thread of the scheduler, and comes back there after each `co_await` of a Rust
// future.
template <detail::scheduler Scheduler>
auto schedule(Scheduler& scheduler) {
  return detail::scheduled{detail::scheduler_pointer<Scheduler>{&scheduler}};
}

#if __has_include(<cppcoro/cancellation_source.hpp>)
// Cancels when stop is requested, as long as it lives.
class cancellation {
 public:
  explicit cancellation(std::stop_token token) : request_(std::move(token), request{source_}) {}

  cppcoro::cancellation_token token() const noexcept { return source_.token(); }

 private:
  struct request {
    cppcoro::cancellation_source source;
    // Of a copy: this may be gone before that returns.
    void operator()() { cppcoro::cancellation_source(source).request_cancellation(); }
  };

  cppcoro::cancellation_source source_;
  std::stop_callback<request> request_;
};
#endif

}  // namespace rust::async
