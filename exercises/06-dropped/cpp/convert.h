// The C++ side of the bridge: adds up the bytes of a picture, part by part, in a thread of the
// pool.
#pragma once

#include <cstdint>

#include "exercise-06-dropped/cpp/pool.h"
#include "rust/cxx.h"
#include "rust/cxx_async_tokio.h"

using cxx_async_tokio::CallToken;

CXXASYNC_DEFINE_FUTURE(std::uint64_t, FutureSum);

// > given
// | FutureSum convert(const Pool& pool, rust::Vec<std::uint8_t> picture);
// > solution, not-asked, gives-up
FutureSum convert(const Pool& pool, rust::Vec<std::uint8_t> picture, rust::Box<CallToken> token);
// > end
