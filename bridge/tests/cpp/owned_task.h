// A coroutine that somebody else owns, as the tasks of CppCoro and Folly are owned.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace {

// Counts how often one of its frames was destroyed. The memory is kept, so that it can be counted.
struct owned_task {
  struct promise_type {
    owned_task get_return_object() noexcept {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }

    [[gnu::noinline]] static void* operator new(std::size_t size) { return ::operator new(size); }
    [[gnu::noinline]] static void operator delete(void* frame, std::size_t) noexcept {
      ++destroyed;
      kept.emplace_back(frame);
    }
  };

  struct release {
    void operator()(void* memory) const { ::operator delete(memory); }
  };
  inline static int destroyed = 0;
  inline static std::vector<std::unique_ptr<void, release>> kept;
  std::coroutine_handle<promise_type> frame;
};

template <typename Future>
owned_task awaits_owned(Future future) {
  co_await std::move(future);
}

// How often a task's frame is destroyed when its owner destroys it while it awaits `future`, and
// the future, and with it its waker, goes after that.
template <typename Future>
int destroyed_while_it_awaits(Future future) {
  owned_task::destroyed = 0;
  awaits_owned(std::move(future)).frame.destroy();
  return owned_task::destroyed;
}

}  // namespace
