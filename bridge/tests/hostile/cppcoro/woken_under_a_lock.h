#pragma once

#include "bridge-tests/hostile/numbers.h"

// A task of CppCoro's awaits Rust: awaited by a coroutine that Rust awaits; waited for in this
// thread; and from a thread of a pool of CppCoro's. The sum of what it reads.
FutureNumber cppcoro_task_sees(FutureNumber future);
FutureNumber cppcoro_task_sees_all(StreamNumber stream);
std::int64_t cppcoro_waits(FutureNumber future);
FutureNumber cppcoro_task_sees_on_pool(FutureNumber future);
