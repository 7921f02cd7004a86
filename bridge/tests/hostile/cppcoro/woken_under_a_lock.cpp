#include "bridge-tests/hostile/cppcoro/woken_under_a_lock.h"

#include <cppcoro/static_thread_pool.hpp>
#include <cppcoro/sync_wait.hpp>
#include <cppcoro/task.hpp>
#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/cppcoro/woken_under_a_lock.rs.h"
#include "rust/co_await_cppcoro.h"

namespace {

cppcoro::static_thread_pool& pool() {
  static cppcoro::static_thread_pool pool(1);
  return pool;
}

cppcoro::task<std::int64_t> sees(FutureNumber future) {
  frame alive;
  const auto value = co_await std::move(future);
  cppcoro_goes_on();
  co_return value;
}

cppcoro::task<std::int64_t> sees_all(StreamNumber stream) {
  frame alive;
  std::int64_t sum = 0;
  while (const auto item = co_await stream.next()) {
    cppcoro_goes_on();
    sum += *item;
  }
  co_return sum;
}

}  // namespace

FutureNumber cppcoro_task_sees(FutureNumber future) {
  frame alive;
  co_return co_await sees(std::move(future));
}

FutureNumber cppcoro_task_sees_all(StreamNumber stream) {
  frame alive;
  co_return co_await sees_all(std::move(stream));
}

FutureNumber cppcoro_task_sees_on_pool(FutureNumber future) {
  frame alive;
  co_await rust::async::schedule(pool());
  co_return co_await sees(std::move(future));
}

std::int64_t cppcoro_waits(FutureNumber future) {
  return cppcoro::sync_wait(sees(std::move(future)));
}
