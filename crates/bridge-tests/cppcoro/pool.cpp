#include "bridge-tests/cppcoro/pool.h"

#include <cppcoro/task.hpp>

#include "bridge-tests/src/cppcoro.rs.h"

using rust::async::schedule;

namespace {

cppcoro::task<std::int64_t> goes_to(cppcoro::static_thread_pool& threads, std::int64_t value) {
  frame alive;
  co_await threads.schedule();
  co_return value;
}

}  // namespace

std::unique_ptr<CppcoroPool> new_cppcoro_pool(std::size_t threads) {
  return std::make_unique<CppcoroPool>(threads);
}

FutureInt scheduled_on_cppcoro(const CppcoroPool& pool, std::int64_t value) {
  frame alive;
  co_await schedule(pool.threads());
  co_return value;
}

FutureInt awaits_rust_on_cppcoro(const CppcoroPool& pool, FutureInt future) {
  frame alive;
  co_await schedule(pool.threads());
  const auto before = thread_id();
  co_await std::move(future);
  co_return before == thread_id();
}

FutureInt awaits_cppcoro_task(const CppcoroPool& pool, std::int64_t value) {
  frame alive;
  co_return co_await goes_to(pool.threads(), value);
}
