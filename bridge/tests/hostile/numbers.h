// The future and the stream of these programs, and a coroutine of another kind. Without Boost,
// which takes a compiler longest.
#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>

#include "rust/co_await.h"
#include "rust/cxx.h"

class Pool;
class Gate;

CXXASYNC_DEFINE_FUTURE(std::int64_t, FutureNumber);
CXXASYNC_DEFINE_STREAM(std::int64_t, StreamNumber);

// A coroutine that Rust does not know, that nobody owns, and that has no executor.
struct stranger {
  struct promise_type {
    stranger get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
};
