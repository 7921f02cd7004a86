// Folly's tasks, awaited by coroutines that Rust awaits.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bridge-tests/cpp/calls.h"
#include "bridge-tests/folly/pool.h"
#include "rust/co_await_folly.h"
#include "rust/cxx.h"

using Threads = std::unique_ptr<std::vector<std::uint64_t>>;
CXXASYNC_DEFINE_FUTURE(Threads, FutureThreads);

// Three threads: the one that a Folly task begins in, the one that it goes on in after a
// suspension, and the one in which its caller goes on; with the task awaited as it is, put on a
// pool, run there by `schedule_on`, and awaited as it is by a coroutine that went there.
FutureThreads threads_of_bare_task();
FutureThreads threads_of_task_on_pool(const FollyPool& pool);
FutureThreads threads_of_scheduled_task(const FollyPool& pool);
FutureThreads threads_of_task_after_schedule(const FollyPool& pool);

// Two threads: of a task on the pool, before and after it awaits Rust; and of a coroutine that went
// to the pool by itself.
FutureThreads threads_of_task_that_awaits(const FollyPool& pool, FutureInt future);
FutureThreads threads_around_await(const FollyPool& pool, FutureInt future);

// So many tasks, one after the other, each of which has its value at once.
FutureInt awaits_ready_tasks(std::int64_t count);
FutureInt throws_in_a_task(std::int32_t what);
FutureInt awaits_a_folly_future(const FollyPool& pool, std::int64_t value);
FutureInt scheduled_on_folly(const FollyPool& pool, std::int64_t value);
FutureInt awaits_rust_on_folly(const FollyPool& pool, FutureInt future);
// Waits in a task for Rust, where Rust polls and in the pool.
FutureInt awaits_rust_in_a_task(FutureInt future);
FutureInt awaits_rust_in_a_task_on_folly(const FollyPool& pool, FutureInt future);
// Waits in a task for a timer of an hour, in the same two places.
FutureInt sleeps_in_a_task(const FollyPool& pool);
FutureInt sleeps_in_a_task_on_folly(const FollyPool& pool);
