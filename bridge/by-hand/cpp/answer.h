// A coroutine whose value Rust polls for.
#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "rust/cxx.h"

struct Wake;

class Answer {
 public:
  struct promise_type {
    // Without this line the coroutine's parameters would initialise the first members.
    promise_type() = default;

    Answer get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    void return_value(std::int64_t result) { value = result; }
    void unhandled_exception() { std::terminate(); }

    // The coroutine is suspended here for good: only now may Rust destroy its frame.
    struct finish {
      bool await_ready() noexcept { return false; }
      [[gnu::noinline]] void await_suspend(std::coroutine_handle<promise_type> coroutine) noexcept;
      void await_resume() noexcept {}
    };
    finish final_suspend() noexcept { return {}; }

    std::int64_t value = 0;
    std::mutex mutex;  // guards the two below
    bool done = false;
    std::optional<rust::Box<Wake>> waker;
  };

  explicit Answer(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  Answer(Answer&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  ~Answer() {
    if (coroutine_) coroutine_.destroy();
  }

  // Whether the value is there. If not, keeps the waker for when it is.
  bool poll(rust::Box<Wake> waker) const;
  std::int64_t value() const { return coroutine_.promise().value; }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

std::unique_ptr<Answer> square(std::int64_t number);
