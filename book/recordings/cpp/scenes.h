// What the scenes of the bridge call.
#pragma once

#include <cstdint>

#include "recordings/cpp/pool.h"
#include "rust/co_await_asio.h"
#include "rust/cxx.h"

CXXASYNC_DEFINE_FUTURE(std::int64_t, recordings, FutureNumber);
CXXASYNC_DEFINE_STREAM(std::int64_t, recordings, StreamNumber);

namespace recordings {

FutureNumber computes(const Pool& pool);
FutureNumber awaits(const Pool& pool, FutureNumber number);
FutureNumber awaits_here(FutureNumber number);
StreamNumber counts(const Pool& pool);

}  // namespace recordings
