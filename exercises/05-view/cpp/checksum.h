// The C++ side of the bridge: adds up the bytes of a picture, in a thread of the pool.
#pragma once

#include <cstdint>

#include "exercise-05-view/cpp/pool.h"
#include "rust/cxx.h"
#include "rust/cxx_async_tokio.h"

CXXASYNC_DEFINE_FUTURE(std::uint64_t, FutureSum);

// > given
// | FutureSum checksum(const Pool& pool, rust::Slice<const std::uint8_t> picture,
// |                    rust::Box<cxx_async_tokio::CallToken> token);
// > reference
// | FutureSum checksum(const Pool& pool, const rust::Vec<std::uint8_t>& picture,
// |                    rust::Box<cxx_async_tokio::CallToken> token);
// > solution
FutureSum checksum(const Pool& pool, rust::Vec<std::uint8_t> picture,
                   rust::Box<cxx_async_tokio::CallToken> token);
// > end
