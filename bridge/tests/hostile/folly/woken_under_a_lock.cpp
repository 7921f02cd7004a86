#include "bridge-tests/hostile/folly/woken_under_a_lock.h"

#include <folly/coro/AsyncGenerator.h>

#include "bridge-tests/hostile/folly/woken_under_a_lock.rs.h"

namespace {

Number sees(FutureNumber future) {
  frame alive;
  const auto value = co_await std::move(future);
  goes_on();
  co_return value;
}

Number tries(FutureNumber future) {
  frame alive;
  const auto value = co_await folly::coro::co_awaitTry(std::move(future));
  goes_on();
  co_return value.value();
}

Number sees_all(StreamNumber stream) {
  frame alive;
  std::int64_t sum = 0;
  while (const auto item = co_await stream.next()) {
    goes_on();
    sum += *item;
  }
  co_return sum;
}

folly::coro::AsyncGenerator<std::int64_t> items_of(StreamNumber stream) {
  frame alive;
  while (const auto item = co_await stream.next()) {
    goes_on();
    co_yield *item;
  }
}

Number sum_of(folly::coro::AsyncGenerator<std::int64_t> items) {
  frame alive;
  std::int64_t sum = 0;
  while (const auto item = co_await items.next()) sum += *item;
  co_return sum;
}

}  // namespace

FutureNumber task_sees(std::int32_t where, const FollyPool& pool, FutureNumber future) {
  return runs(where, pool, sees(std::move(future)));
}

FutureNumber task_tries(std::int32_t where, const FollyPool& pool, FutureNumber future) {
  return runs(where, pool, tries(std::move(future)));
}

FutureNumber task_sees_all(std::int32_t where, const FollyPool& pool, StreamNumber stream) {
  return runs(where, pool, sees_all(std::move(stream)));
}

FutureNumber generator_sees_all(std::int32_t where, const FollyPool& pool, StreamNumber stream) {
  return runs(where, pool, sum_of(items_of(std::move(stream))));
}

FutureNumber thread_of_folly_pool(const FollyPool& pool) {
  co_await rust::async::schedule(pool.executor());
  co_return static_cast<std::int64_t>(thread_id());
}
