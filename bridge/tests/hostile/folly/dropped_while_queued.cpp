#include "bridge-tests/hostile/folly/dropped_while_queued.h"

#include <atomic>

#include "bridge-tests/hostile/folly/dropped_while_queued.rs.h"

namespace {

std::atomic<std::int64_t> count = 0;

Number body() {
  frame alive;
  co_return ++count;
}

Number nothing() { co_return 0; }

}  // namespace

void keep_busy(const FollyPool& pool, std::shared_ptr<Gate> gate) {
  pool.executor().add([gate = std::move(gate)] { gate->pass(); });
}

FutureNumber runs_a_body(std::int32_t where, const FollyPool& pool) {
  return runs(where, pool, body());
}

FutureNumber runs_a_body_later(std::int32_t where, const FollyPool& pool) {
  frame alive;
  co_await nothing();
  co_return co_await runs(where, pool, body());
}

std::int64_t bodies() { return count; }
