#include "bridge-tests/hostile/out_of_memory.h"

#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/out_of_memory.rs.h"
#include "rust/co_await_asio.h"

using rust::async::schedule;
using rust::async::schedule_on;

namespace {

boost::asio::awaitable<std::int64_t> one_in_asio() {
  frame alive;
  co_return 1;
}

}  // namespace

FutureNumber one_at_once() {
  frame alive;
  co_return 1;
}

FutureNumber one_in(const Pool& pool) {
  frame alive;
  co_await schedule(pool);
  co_await schedule(pool);
  co_return 1;
}

FutureNumber one_run_in(const Pool& pool) {
  frame alive;
  co_return co_await schedule_on(pool, one_in_asio());
}

FutureNumber one_of(FutureNumber one) {
  frame alive;
  co_return co_await std::move(one);
}

FutureNumber one_of_in(const Pool& pool, FutureNumber one) {
  frame alive;
  co_await schedule(pool);
  co_return co_await std::move(one);
}

FutureNumber sum_of(StreamNumber numbers) {
  frame alive;
  std::int64_t sum = 0;
  while (const auto number = co_await numbers.next()) sum += *number;
  co_return sum;
}

FutureNumber sum_of_in(const Pool& pool, StreamNumber numbers) {
  frame alive;
  co_await schedule(pool);
  std::int64_t sum = 0;
  while (const auto number = co_await numbers.next()) sum += *number;
  co_return sum;
}

StreamNumber ones(std::int64_t times) {
  frame alive;
  for (; times > 0; --times) co_yield 1;
}

StreamNumber ones_in(const Pool& pool, std::int64_t times) {
  frame alive;
  co_await schedule(pool);
  for (; times > 0; --times) co_yield 1;
}

bool schedule_on_makes_a_strand() { return BOOST_VERSION >= 107700; }
