#include "bridge-tests/folly/tasks.h"

#include <folly/coro/Sleep.h>
#include <folly/futures/Future.h>

#include "bridge-tests/src/folly.rs.h"

using rust::async::schedule;
using rust::async::schedule_on;

namespace {

// The threads that a task begins in, and goes on in after it has waited for its executor.
folly::coro::Task<Threads> threads_of_task() {
  auto threads = std::make_unique<std::vector<std::uint64_t>>();
  threads->push_back(thread_id());
  co_await folly::coro::co_reschedule_on_current_executor;
  threads->push_back(thread_id());
  co_return threads;
}

folly::coro::Task<Threads> threads_in_task(FutureInt future) {
  auto threads = std::make_unique<std::vector<std::uint64_t>>();
  threads->push_back(thread_id());
  co_await std::move(future);
  threads->push_back(thread_id());
  co_return threads;
}

folly::coro::Task<std::int64_t> one() { co_return 1; }

folly::coro::Task<std::int64_t> throws_in_folly(std::int32_t what) {
  if (what == 0) throw std::runtime_error("out of cheese");
  if (what == 1) throw 42;
  co_return what;
}

folly::coro::Task<std::int64_t> forwards_in_folly(FutureInt future) {
  co_return co_await std::move(future);
}

folly::coro::Task<std::int64_t> sleeps_in_folly(folly::Timekeeper& timer) {
  frame alive;
  co_await folly::coro::sleep(std::chrono::hours(1), &timer);
  co_return 0;
}

}  // namespace

std::unique_ptr<FollyPool> new_folly_pool(std::size_t threads) {
  return std::make_unique<FollyPool>(threads);
}

FutureThreads threads_of_bare_task() {
  auto threads = co_await threads_of_task();
  threads->push_back(thread_id());
  co_return threads;
}

FutureThreads threads_of_task_on_pool(const FollyPool& pool) {
  auto threads = co_await rust::async::detail::with_executor(
      folly::getKeepAliveToken(pool.executor()), threads_of_task());
  threads->push_back(thread_id());
  co_return threads;
}

FutureThreads threads_of_scheduled_task(const FollyPool& pool) {
  auto threads = co_await schedule_on(pool.executor(), threads_of_task());
  threads->push_back(thread_id());
  co_return threads;
}

FutureThreads threads_of_task_after_schedule(const FollyPool& pool) {
  co_await schedule(pool.executor());
  auto threads = co_await threads_of_task();
  threads->push_back(thread_id());
  co_return threads;
}

FutureThreads threads_of_task_that_awaits(const FollyPool& pool, FutureInt future) {
  co_return co_await schedule_on(pool.executor(), threads_in_task(std::move(future)));
}

FutureThreads threads_around_await(const FollyPool& pool, FutureInt future) {
  co_await schedule(pool.executor());
  auto threads = std::make_unique<std::vector<std::uint64_t>>();
  threads->push_back(thread_id());
  co_await std::move(future);
  threads->push_back(thread_id());
  co_return threads;
}

FutureInt awaits_ready_tasks(std::int64_t count) {
  frame alive;
  std::int64_t sum = 0;
  for (; count > 0; --count) sum += co_await one();
  co_return sum;
}

FutureInt throws_in_a_task(std::int32_t what) {
  frame alive;
  co_return co_await throws_in_folly(what);
}

FutureInt awaits_a_folly_future(const FollyPool& pool, std::int64_t value) {
  frame alive;
  co_return co_await folly::via(&pool.executor(), [value] { return value; });
}

FutureInt scheduled_on_folly(const FollyPool& pool, std::int64_t value) {
  frame alive;
  co_await schedule(pool.executor());
  co_return value;
}

FutureInt awaits_rust_on_folly(const FollyPool& pool, FutureInt future) {
  frame alive;
  co_await schedule(pool.executor());
  co_return co_await std::move(future);
}

FutureInt awaits_rust_in_a_task(FutureInt future) {
  frame alive;
  co_return co_await forwards_in_folly(std::move(future));
}

FutureInt awaits_rust_in_a_task_on_folly(const FollyPool& pool, FutureInt future) {
  frame alive;
  co_return co_await schedule_on(pool.executor(), forwards_in_folly(std::move(future)));
}

FutureInt sleeps_in_a_task(const FollyPool& pool) {
  frame alive;
  co_return co_await sleeps_in_folly(pool.timer());
}

FutureInt sleeps_in_a_task_on_folly(const FollyPool& pool) {
  frame alive;
  co_return co_await schedule_on(pool.executor(), sleeps_in_folly(pool.timer()));
}
