// What Folly can await: awaited by coroutines that Rust awaits; and Rust, awaited by what Folly has
// for all that can be awaited.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bridge-tests/cpp/calls.h"
#include "bridge-tests/folly/pool.h"
#include "rust/co_await_folly.h"

// The names of the one and of the other, each followed by a line feed.
std::unique_ptr<std::string> folly_awaitables();
std::unique_ptr<std::string> folly_operations();

// Awaits the one of that number, where Rust polls or there: 7 comes of it.
FutureInt awaits_of_folly(std::int32_t number, const FollyPool& pool, bool there);
// Has the operation of that number await the two, in a task: their sum comes of it, unless it takes
// the first alone.
FutureInt awaits_by_folly(std::int32_t number, const FollyPool& pool, FutureInt one,
                          FutureInt other);
// Waits for a thread of Folly's, in this thread.
std::int64_t waits_by_folly(FutureInt future);

// What can be cancelled, and waits for an hour; by number from 0 on, and how many there are.
FutureInt waits_of_folly(std::int32_t number, const FollyPool& pool);
std::int32_t waits_of_folly_count();

// Keeps a request context in a task that awaits Rust: whether it is there again.
FutureInt keeps_request_context(const FollyPool& pool, FutureInt future);
