// Schedulers such as CppCoro's, for coroutines that Rust awaits.
//
//   co_await rust::async::schedule(pool);   go on in a thread of a cppcoro::static_thread_pool
//
// Any scheduler will do: what has a `schedule()` that can be awaited. It has to outlive the calls
// that went to it: CppCoro's pool forgets what waits in its queue when it is destroyed.
#pragma once

#include <coroutine>
#include <exception>
#include <utility>

#include "rust/co_await.h"

namespace rust::async {

namespace detail {

template <typename T>
concept scheduler = requires(T& scheduler) { scheduler.schedule(); };

// A coroutine that goes by itself, and that nobody waits for.
struct detached {
  struct promise_type {
    detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
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
    take_turn(*executor.scheduler, std::move(handler));
  }
  static std::shared_ptr<waiting_room> room(scheduler_pointer<Scheduler>) { return nullptr; }
};

}  // namespace detail

// Goes on in a thread of the scheduler, and comes back there after each `co_await` of a Rust
// future.
template <detail::scheduler Scheduler>
auto schedule(Scheduler& scheduler) {
  return detail::scheduled{detail::scheduler_pointer<Scheduler>{&scheduler}};
}

}  // namespace rust::async
