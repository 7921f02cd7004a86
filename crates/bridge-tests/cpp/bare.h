// A future as cxx-async alone has it: without the header of cxx-async-tokio.
#pragma once

#include <cstdint>

#include "rust/cxx.h"
#include "rust/cxx_async.h"

CXXASYNC_DEFINE_FUTURE(std::int64_t, FutureBare);

FutureBare throws_bare(bool an_int);
FutureBare awaits_bare(FutureBare future);

// Whether cxx-async's `co_yield` writes to the frame after it has handed out its waker.
bool bare_co_yield_writes_late();
