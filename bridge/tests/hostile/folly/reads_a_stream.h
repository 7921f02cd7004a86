#pragma once

#include "bridge-tests/hostile/folly/runs.h"

// The sum of a stream, read in a task, in a generator, and by `collectAny` beside another stream.
FutureNumber task_reads(std::int32_t where, const FollyPool& pool, StreamNumber stream);
FutureNumber generator_reads(std::int32_t where, const FollyPool& pool, StreamNumber stream);
FutureNumber task_reads_either(std::int32_t where, const FollyPool& pool, StreamNumber one,
                               StreamNumber other);
