#include "bench/folly/pool.h"

#include "bench/src/crossing/folly.rs.h"
#include "rust/co_await_folly.h"

namespace {

folly::coro::Task<std::int64_t> plain_in_folly(std::int64_t value) { co_return plain(value); }

}  // namespace

std::unique_ptr<FollyPool> new_folly_pool(std::size_t threads) {
  return std::make_unique<FollyPool>(threads);
}

FutureValue on_folly(const FollyPool& pool, std::int64_t value) {
  co_return co_await rust::async::schedule_on(pool.executor(), plain_in_folly(value));
}

FutureValue on_poll(std::int64_t value) { co_return co_await plain_in_folly(value); }
