#include "bridge-tests/cpp/spans.h"

#include "bridge-tests/src/spans.rs.h"

namespace {

boost::asio::awaitable<void> notes_in_asio() {
  note("in an awaitable");
  co_return;
}

}  // namespace

FutureInt notes_on_the_way(const Pool& pool) {
  note("where it is called");
  co_await rust::async::schedule(pool);
  note("in the pool");
  co_await rust::async::schedule_on(pool, notes_in_asio());
  note("after the awaitable");
  co_await notes_in_a_future();
  co_await notes_in_a_task();
  note("after Rust");
  co_return static_cast<std::int64_t>(co_await rust::async::this_coro::span_id);
}
