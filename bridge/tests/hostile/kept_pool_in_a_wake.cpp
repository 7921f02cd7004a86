#include "bridge-tests/hostile/kept_pool_in_a_wake.h"

#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/kept_pool_in_a_wake.rs.h"
#include "rust/co_await_asio.h"

namespace {

stranger awaits(FutureNumber future, rust::Box<Told> told) {
  frame alive;
  told->tell(co_await std::move(future));
}

stranger reads(StreamNumber stream, rust::Box<Told> told) {
  frame alive;
  std::int64_t last = 0;
  while (const auto item = co_await stream.next()) last = *item;
  told->tell(last);
}

}  // namespace

FutureNumber thread_of(const Pool& pool) {
  frame alive;
  // Two turns, so that whoever calls has its waker there by the end.
  co_await rust::async::schedule(pool);
  co_await rust::async::schedule(pool);
  co_return static_cast<std::int64_t>(thread_id());
}

StreamNumber threads_of(const Pool& pool, std::int64_t times) {
  frame alive;
  for (; times > 0; --times) {
    co_await rust::async::schedule(pool);
    co_yield static_cast<std::int64_t>(thread_id());
  }
}

void stranger_awaits(FutureNumber future, rust::Box<Told> told) {
  awaits(std::move(future), std::move(told));
}

void stranger_reads(StreamNumber stream, rust::Box<Told> told) {
  reads(std::move(stream), std::move(told));
}
