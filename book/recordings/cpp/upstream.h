// The same with cxx-async's own header.
#pragma once

#include <cstdint>

#include "recordings/cpp/pool.h"
#include "rust/cxx.h"
#include "rust/cxx_async.h"

CXXASYNC_DEFINE_FUTURE(std::int64_t, recordings, FutureBare);

namespace recordings {

FutureBare computes_bare(const Pool& pool);
FutureBare awaits_bare(FutureBare number);

}  // namespace recordings
