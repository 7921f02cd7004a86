// The C++ side of the bridge: adds up the bytes of a picture, part by part, in a thread of the
// pool.
#pragma once

#include <cstdint>

#include "exercise-08-dropped/cpp/pool.h"
// > given, detached
// | #include "rust/cxx.h"
// | #include "rust/cxx_async.h"
// > solution, one-turn
#include "rust/co_await.h"
#include "rust/cxx.h"
// > end

CXXASYNC_DEFINE_FUTURE(std::uint64_t, FutureSum);

FutureSum convert(const Pool& pool, rust::Vec<std::uint8_t> picture);
