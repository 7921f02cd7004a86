// The smallest coroutine that there is: it begins at once, and is destroyed by whoever has its
// handle.
#pragma once

#include <coroutine>
#include <exception>

struct task {
  struct promise_type {
    task get_return_object() noexcept {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_value(int value) noexcept { result = value; }
    void unhandled_exception() const noexcept { std::terminate(); }

    int result = 0;
  };

  std::coroutine_handle<promise_type> coroutine;
};

// The version of GCC, 1502 for 15.2; of clang 0.
#if defined(__GNUC__) && !defined(__clang__)
constexpr int gcc = __GNUC__ * 100 + __GNUC_MINOR__;
#else
constexpr int gcc = 0;
#endif
