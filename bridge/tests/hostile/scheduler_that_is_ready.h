#pragma once

#include "bridge-tests/hostile/numbers.h"

// Schedulers that need not wait: 0 is ready, 1 does not suspend, 2 resumes at once as the last
// thing it does, 3 resumes at once within its `await_suspend`.
FutureNumber goes_there(std::int32_t scheduler, std::int64_t times);
FutureNumber goes_there_and_reads(std::int32_t scheduler, StreamNumber stream);
StreamNumber goes_there_and_yields(std::int32_t scheduler, std::int64_t times);
