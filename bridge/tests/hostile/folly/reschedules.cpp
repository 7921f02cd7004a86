#include "bridge-tests/hostile/folly/reschedules.h"

#include <folly/coro/Collect.h>
#include <folly/coro/CurrentExecutor.h>

#include "bridge-tests/hostile/folly/reschedules.rs.h"

namespace {

Number goes_round(std::int64_t times) {
  frame alive;
  std::int64_t gone = 0;
  for (; gone < times; ++gone) co_await folly::coro::co_reschedule_on_current_executor;
  co_return gone;
}

Number go_round(std::int64_t times) {
  frame alive;
  const auto [one, other] =
      co_await folly::coro::collectAll(goes_round(times / 2), goes_round(times / 2));
  co_return one + other;
}

}  // namespace

FutureNumber task_goes_round(std::int32_t where, const FollyPool& pool, std::int64_t times) {
  return runs(where, pool, goes_round(times));
}

FutureNumber tasks_go_round(std::int32_t where, const FollyPool& pool, std::int64_t times) {
  return runs(where, pool, go_round(times));
}
