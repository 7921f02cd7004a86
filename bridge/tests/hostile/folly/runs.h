// Where these programs have their tasks run.
#pragma once

#include <cstdint>
#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/folly/pool.h"
#include "bridge-tests/hostile/numbers.h"
#include "rust/co_await_folly.h"

using Number = folly::coro::Task<std::int64_t>;

// 0: where Rust polls. 1: in the pool, by `schedule_on`. 2: there, by `schedule`. 3: there, by
// Folly's own function.
inline FutureNumber runs(std::int32_t where, const FollyPool& pool, Number task) {
  frame alive;
  if (where == 1) {
    co_return co_await rust::async::schedule_on(pool.executor(), std::move(task));
  }
  if (where == 3) {
    co_return co_await rust::async::detail::with_executor(folly::getKeepAliveToken(pool.executor()),
                                                          std::move(task));
  }
  if (where == 2) co_await rust::async::schedule(pool.executor());
  co_return co_await std::move(task);
}
