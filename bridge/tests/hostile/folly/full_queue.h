#pragma once

#include "bridge-tests/hostile/folly/runs.h"

// A pool of one thread, with room for so many that wait.
std::unique_ptr<FollyPool> new_small_pool(std::size_t room);
// Keeps its thread busy until the gate is opened, and fills its queue.
void fill_up(const FollyPool& pool, std::shared_ptr<Gate> gate);

// Goes to the pool, and runs a task there: 7.
FutureNumber goes_to_full_pool(std::int32_t where, const FollyPool& pool);
// The same, or 8 where it does not get there.
FutureNumber goes_to_full_pool_or_not(std::int32_t where, const FollyPool& pool);
// Waits for Rust in the pool: the coroutine itself, and a task.
FutureNumber waits_in_full_pool(const FollyPool& pool, FutureNumber future);
FutureNumber task_waits_in_full_pool(std::int32_t where, const FollyPool& pool,
                                     FutureNumber future);
FutureNumber task_reads_in_full_pool(std::int32_t where, const FollyPool& pool,
                                     StreamNumber stream);
