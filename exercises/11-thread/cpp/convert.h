// The C++ side of the bridge: has Rust fetch a picture, and adds up its bytes.
#pragma once

#include <cstdint>

#include "exercise-11-thread/cpp/pool.h"
#include "rust/co_await.h"
#include "rust/cxx.h"

CXXASYNC_DEFINE_FUTURE(rust::Vec<std::uint8_t>, FuturePicture);
CXXASYNC_DEFINE_FUTURE(std::uint64_t, FutureSum);

FutureSum convert(const Pool& pool, rust::String name);
