#pragma once

#include "bridge-tests/hostile/numbers.h"

struct Told;

// The number of a thread of the pool.
FutureNumber thread_of(const Pool& pool);
// The same, some times.
StreamNumber threads_of(const Pool& pool, std::int64_t times);
// A coroutine of another kind awaits it, and tells Rust.
void stranger_awaits(FutureNumber future, rust::Box<Told> told);
void stranger_reads(StreamNumber stream, rust::Box<Told> told);
