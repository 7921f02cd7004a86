#pragma once

#include <cstdint>

#include "rust/co_await.h"
#include "rust/cxx.h"

// What Rust says of these two depends on how the program is started.
CXXASYNC_DEFINE_FUTURE(std::int64_t, FutureOfOneKind);
CXXASYNC_DEFINE_STREAM(std::int64_t, StreamOfOneKind);

// Uses both: awaits, and makes, one of each.
void uses_them();
