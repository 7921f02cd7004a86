#include "bridge-tests/hostile/waits_for_rust.h"

#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/waits_for_rust.rs.h"
#include "rust/co_await_asio.h"

using rust::async::block_on;
using rust::async::start;

std::int64_t blocks_on(FutureNumber future) { return block_on(std::move(future)); }
void blocks_on_nothing(FutureNothing future) { block_on(std::move(future)); }

std::int64_t blocks_on_all(StreamNumber stream) {
  std::int64_t sum = 0;
  while (const auto item = block_on(stream.next())) sum += *item;
  return sum;
}

void starts(FutureNumber future, rust::Box<Heard> heard) {
  start(std::move(future), [heard = std::move(heard)](auto result) {
    try {
      heard->value(result.get());
    } catch (const rust::async::Error& error) {
      heard->error(error.what());
    }
  });
}

void starts_nothing(FutureNothing future, rust::Box<Heard> heard) {
  start(std::move(future), [heard = std::move(heard)](auto result) {
    try {
      result.get();
      heard->value(0);
    } catch (const rust::async::Error& error) {
      heard->error(error.what());
    }
  });
}

FutureNumber plus_one(FutureNumber future) {
  frame alive;
  co_return co_await std::move(future) + 1;
}

FutureNumber plus_one_in(const Pool& pool, FutureNumber future) {
  frame alive;
  co_await rust::async::schedule(pool);
  co_return co_await std::move(future) + 1;
}

FutureNothing nothing_after(FutureNumber future) {
  frame alive;
  co_await std::move(future);
}

StreamNumber plus_one_each(StreamNumber stream) {
  frame alive;
  while (const auto item = co_await stream.next()) co_yield *item + 1;
}
