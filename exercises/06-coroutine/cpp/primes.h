// The C++ side of the bridge.
#pragma once

#include <cstdint>

#include "exercise-06-coroutine/cpp/pool.h"
#include "rust/co_await.h"
#include "rust/cxx.h"

// > given
// | // 1. The future, and the coroutine's declaration.
// > solution, on-the-loop, swallowed, too-late, asks, no-exception, another-type
CXXASYNC_DEFINE_FUTURE(std::uint32_t, FutureCount);

FutureCount count_primes(const Pool& pool, std::uint32_t below);
// > end
