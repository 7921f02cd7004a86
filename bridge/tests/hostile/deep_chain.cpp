#include "bridge-tests/hostile/deep_chain.h"

#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/deep_chain.rs.h"
#include "rust/co_await_asio.h"

FutureNumber waits_for(FutureNumber future) {
  frame alive;
  co_return co_await std::move(future);
}

FutureNumber waits_in(const Pool& pool, FutureNumber future) {
  frame alive;
  co_await rust::async::schedule(pool);
  co_return co_await std::move(future);
}

StreamNumber waits_for_items(StreamNumber stream) {
  frame alive;
  while (const auto item = co_await stream.next()) co_yield *item;
}
