// The C++ side of the bridge: adds up the bytes of a picture, in a thread of the pool.
#pragma once

#include <cstdint>

#include "exercise-07-view/cpp/pool.h"
#include "rust/co_await.h"
#include "rust/cxx.h"

CXXASYNC_DEFINE_FUTURE(std::uint64_t, FutureSum);

// > given, kept, task
// | FutureSum checksum(const Pool& pool, rust::Slice<const std::uint8_t> picture);
// > reference
// | FutureSum checksum(const Pool& pool, const rust::Vec<std::uint8_t>& picture);
// > solution
FutureSum checksum(const Pool& pool, rust::Vec<std::uint8_t> picture);
// > end
