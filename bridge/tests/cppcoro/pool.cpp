#include "bridge-tests/cppcoro/pool.h"

#include <cppcoro/cancellation_registration.hpp>
#include <cppcoro/operation_cancelled.hpp>
#include <cppcoro/single_consumer_event.hpp>
#include <cppcoro/task.hpp>

#include "bridge-tests/src/cppcoro.rs.h"

using rust::async::schedule;

namespace {

cppcoro::task<std::int64_t> goes_to(cppcoro::static_thread_pool& threads, std::int64_t value) {
  frame alive;
  co_await threads.schedule();
  co_return value;
}

cppcoro::task<> until_cancelled(cppcoro::cancellation_token token) {
  frame alive;
  cppcoro::single_consumer_event event;
  const cppcoro::cancellation_registration registration(token, [&] { event.set(); });
  co_await event;
  throw cppcoro::operation_cancelled();
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

FutureInt waits_for_cancellation(const CppcoroPool& pool) {
  frame alive;
  co_await schedule(pool.threads());
  const rust::async::cancellation cancellation(co_await rust::async::this_coro::stop_token);
  co_await until_cancelled(cancellation.token());
  co_return 0;
}
