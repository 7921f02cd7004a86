#pragma once

#include "bridge-tests/hostile/folly/runs.h"

// A task awaits Rust; the sum of what it reads.
FutureNumber task_sees(std::int32_t where, const FollyPool& pool, FutureNumber future);
FutureNumber task_sees_all(std::int32_t where, const FollyPool& pool, StreamNumber stream);
// The same by `co_awaitTry`, and in a generator.
FutureNumber task_tries(std::int32_t where, const FollyPool& pool, FutureNumber future);
FutureNumber generator_sees_all(std::int32_t where, const FollyPool& pool, StreamNumber stream);
// The thread of a pool that has one.
FutureNumber thread_of_folly_pool(const FollyPool& pool);
