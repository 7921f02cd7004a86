#pragma once

#include "bridge-tests/hostile/folly/runs.h"

// A task that goes back to its executor so many times, and then tells how often.
FutureNumber task_goes_round(std::int32_t where, const FollyPool& pool, std::int64_t times);
// The same in two tasks at once, each a task below the other's.
FutureNumber tasks_go_round(std::int32_t where, const FollyPool& pool, std::int64_t times);
