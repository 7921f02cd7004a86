// The crossing to a pool of Folly's, as step 3 on Folly makes it.
#pragma once

#include <folly/executors/CPUThreadPoolExecutor.h>

#include <cstdint>
#include <memory>

#include "bench/cpp/calls.h"

class FollyPool {
 public:
  explicit FollyPool(std::size_t threads) : threads_(threads) {}
  folly::Executor& executor() const { return threads_; }

 private:
  mutable folly::CPUThreadPoolExecutor threads_;
};

std::unique_ptr<FollyPool> new_folly_pool(std::size_t threads);

// Runs a task in the pool, and goes on there.
FutureValue on_folly(const FollyPool& pool, std::int64_t value);
// Runs a task where Rust polls.
FutureValue on_poll(std::int64_t value);
