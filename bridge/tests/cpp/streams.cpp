#include "bridge-tests/cpp/streams.h"

#include <atomic>
#include <boost/asio/bind_executor.hpp>
#include <future>
#include <stdexcept>
#include <string>

#include "bridge-tests/cpp/owned_task.h"
#include "bridge-tests/src/streams.rs.h"

using rust::async::async_next;
using rust::async::schedule;
using rust::async::schedule_on;

namespace {

namespace asio = boost::asio;

std::atomic<std::int64_t> at_work_on = 0;

asio::awaitable<std::int64_t> adds_up(StreamInt numbers) {
  frame alive;
  std::int64_t sum = 0;
  while (const auto number = co_await async_next(numbers)) sum += *number;
  co_return sum;
}

}  // namespace

StreamInt numbers_here(std::int64_t count) {
  frame alive;
  for (std::int64_t number = 0; number < count; ++number) co_yield number;
}

StreamAhead numbers_ahead(const Pool& pool, std::int64_t count) {
  frame alive;
  co_await schedule(pool);
  for (std::int64_t number = 0; number != count; ++number) co_yield number;
}

StreamAhead counted_numbers(std::int64_t count) {
  frame alive;
  for (at_work_on = 0; at_work_on < count; ++at_work_on) co_yield at_work_on.load();
}

std::int64_t counted() { return at_work_on; }

FutureInt adds(StreamInt numbers) {
  frame alive;
  std::int64_t sum = 0;
  while (const auto number = co_await numbers.next()) sum += *number;
  co_return sum;
}

FutureInt adds_in_pool(const Pool& pool, StreamInt numbers) {
  frame alive;
  co_await schedule(pool);
  const auto here = thread_id();
  std::int64_t sum = 0;
  while (const auto number = co_await numbers.next()) {
    if (here != thread_id()) throw std::runtime_error("not in the pool any more");
    sum += *number;
  }
  co_return sum;
}

FutureInt adds_in_asio(const Pool& pool, StreamInt numbers) {
  frame alive;
  co_return co_await schedule_on(pool, adds_up(std::move(numbers)));
}

FutureInt adds_ahead(const Pool& pool, StreamAhead numbers) {
  frame alive;
  co_await schedule(pool);
  std::int64_t sum = 0;
  while (const auto number = co_await numbers.next()) sum += *number;
  co_return sum;
}

std::int64_t adds_in_a_task(StreamInt numbers) {
  std::promise<std::int64_t> sum;
  const auto task = [](StreamInt numbers, std::promise<std::int64_t>& sum) -> owned_task {
    std::int64_t so_far = 0;
    while (const auto number = co_await numbers.next()) so_far += *number;
    sum.set_value(so_far);
  }(std::move(numbers), sum);
  const auto added = sum.get_future().get();
  task.frame.destroy();
  return added;
}

std::int64_t next_with_a_handler(StreamInt numbers) {
  std::promise<std::int64_t> next;
  async_next(numbers, [&](std::exception_ptr error, std::optional<std::int64_t> number) {
    if (error) return next.set_exception(error);
    next.set_value(number.value_or(-1));
  });
  return next.get_future().get();
}

FutureInt reads_some(const Pool& pool, StreamInt numbers, std::int64_t count) {
  frame alive;
  co_await schedule(pool);
  std::int64_t sum = 0;
  for (; count > 0; --count) sum += (co_await numbers.next()).value_or(0);
  co_return sum;
}

FutureText reads_all(StreamInt numbers) {
  frame alive;
  std::string said;
  for (bool ended = false; !ended;) {
    try {
      const auto number = co_await numbers.next();
      said += number ? std::to_string(*number) + ", " : "end";
      ended = !number;
    } catch (const rust::async::Error& error) {
      said += std::string(error.what()) + ", ";
    }
  }
  co_return std::make_unique<std::string>(said);
}

StreamInt doubles(const Pool& pool, StreamInt numbers) {
  frame alive;
  co_await schedule(pool);
  while (const auto number = co_await numbers.next()) co_yield *number * 2;
}

FutureInt reads_moved(StreamInt numbers) {
  frame alive;
  const auto elsewhere = std::move(numbers);
  co_return (co_await numbers.next()).value_or(0);
}
