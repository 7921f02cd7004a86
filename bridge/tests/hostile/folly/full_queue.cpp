#include "bridge-tests/hostile/folly/full_queue.h"

#include <exception>
#include <thread>

#include "bridge-tests/hostile/folly/full_queue.rs.h"

namespace {

Number seven() {
  frame alive;
  co_return 7;
}

Number waits(FutureNumber future) {
  frame alive;
  co_return co_await std::move(future);
}

Number reads(StreamNumber stream) {
  frame alive;
  std::int64_t sum = 0;
  while (const auto item = co_await stream.next()) sum += *item;
  co_return sum;
}

bool takes(const FollyPool& pool, folly::Func function) {
  try {
    pool.executor().add(std::move(function));
    return true;
  } catch (const folly::QueueFullException&) {
    return false;
  }
}

}  // namespace

std::unique_ptr<FollyPool> new_small_pool(std::size_t room) {
  return std::make_unique<FollyPool>(1, room);
}

void fill_up(const FollyPool& pool, std::shared_ptr<Gate> gate) {
  // What it had before may be there still.
  while (!takes(pool, [gate] { gate->pass(); })) std::this_thread::yield();
  while (gate->arrived() == 0) std::this_thread::yield();
  while (takes(pool, [] {})) {
  }
}

FutureNumber goes_to_full_pool(std::int32_t where, const FollyPool& pool) {
  return runs(where, pool, seven());
}

FutureNumber goes_to_full_pool_or_not(std::int32_t where, const FollyPool& pool) {
  frame alive;
  bool refused = false;
  std::int64_t number = 0;
  try {
    number = co_await runs(where, pool, seven());
  } catch (const std::exception&) {
    refused = true;
  }
  if (refused) number = co_await seven() + 1;
  co_return number;
}

FutureNumber waits_in_full_pool(const FollyPool& pool, FutureNumber future) {
  frame alive;
  co_await rust::async::schedule(pool.executor());
  co_return co_await std::move(future);
}

FutureNumber task_waits_in_full_pool(std::int32_t where, const FollyPool& pool,
                                     FutureNumber future) {
  return runs(where, pool, waits(std::move(future)));
}

FutureNumber task_reads_in_full_pool(std::int32_t where, const FollyPool& pool,
                                     StreamNumber stream) {
  return runs(where, pool, reads(std::move(stream)));
}
