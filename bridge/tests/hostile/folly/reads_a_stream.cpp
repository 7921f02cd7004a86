#include "bridge-tests/hostile/folly/reads_a_stream.h"

#include <folly/coro/AsyncGenerator.h>
#include <folly/coro/Collect.h>

#include "bridge-tests/hostile/folly/reads_a_stream.rs.h"

namespace {

Number reads(StreamNumber stream) {
  frame alive;
  std::int64_t sum = 0;
  while (const auto item = co_await stream.next()) sum += *item;
  co_return sum;
}

folly::coro::AsyncGenerator<std::int64_t> items_of(StreamNumber stream) {
  frame alive;
  while (const auto item = co_await stream.next()) co_yield *item;
}

Number sum_of(folly::coro::AsyncGenerator<std::int64_t> items) {
  frame alive;
  std::int64_t sum = 0;
  while (const auto item = co_await items.next()) sum += *item;
  co_return sum;
}

Number reads_either(StreamNumber one, StreamNumber other) {
  frame alive;
  auto [which, sum] =
      co_await folly::coro::collectAny(reads(std::move(one)), reads(std::move(other)));
  co_return which == 0 ? *sum : -*sum;
}

}  // namespace

FutureNumber task_reads(std::int32_t where, const FollyPool& pool, StreamNumber stream) {
  return runs(where, pool, reads(std::move(stream)));
}

FutureNumber generator_reads(std::int32_t where, const FollyPool& pool, StreamNumber stream) {
  return runs(where, pool, sum_of(items_of(std::move(stream))));
}

FutureNumber task_reads_either(std::int32_t where, const FollyPool& pool, StreamNumber one,
                               StreamNumber other) {
  return runs(where, pool, reads_either(std::move(one), std::move(other)));
}
