// The C++ side of the bridge.
#pragma once

#include <cstdint>

#include "exercise-10-stream/cpp/pool.h"
#include "rust/co_await.h"
#include "rust/cxx.h"

CXXASYNC_DEFINE_STREAM(Strip, StreamStrip);

// The strips of a picture, in order; the one of number `broken` cannot be decoded.
StreamStrip strips(const Pool& pool, std::uint32_t count, std::uint32_t broken);
