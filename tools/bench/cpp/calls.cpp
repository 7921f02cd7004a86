#include "bench/cpp/calls.h"

#include <boost/asio/post.hpp>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "bench/src/crossing.rs.h"

namespace {

namespace asio = boost::asio;
using rust::async::async_await;
using rust::async::schedule;
using rust::async::schedule_on;

// A call of `done` that nobody forgets; the shape of step 2's.
class Job {
 public:
  Job(std::int64_t value, rust::Box<Context> context, Done done)
      : value_(value), context_(std::move(context)), done_(done) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  ~Job() { finish(-1); }

  void run() noexcept { finish(plain(value_)); }

 private:
  void finish(std::int64_t value) noexcept {
    if (auto context = std::exchange(context_, std::nullopt)) done_(std::move(*context), value);
  }

  std::int64_t value_;
  std::optional<rust::Box<Context>> context_;
  Done done_;
};

asio::awaitable<std::int64_t> plain_in_asio(std::int64_t value) { co_return plain(value); }

// What `schedule_on` would be if `co_spawn` ran the awaitable. It forgets who waits when the pool
// goes away: to compare with, not to use.
class co_spawn_awaiter {
 public:
  co_spawn_awaiter(const Pool& pool, asio::awaitable<std::int64_t> task)
      : pool_(pool), task_(std::move(task)) {}

  bool await_ready() const noexcept { return false; }

  // Never inlined, so that its locals are not in the frame, which may be gone before it returns.
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) {
    asio::co_spawn(pool_.get_executor(), std::move(task_),
                   [this, coroutine](std::exception_ptr, std::int64_t value) {
                     value_ = value;
                     coroutine.resume();
                   });
  }

  std::int64_t await_resume() const noexcept { return value_; }

 private:
  const Pool& pool_;
  asio::awaitable<std::int64_t> task_;
  std::int64_t value_ = 0;
};

asio::awaitable<std::int64_t> sum_in_asio(std::int64_t times) {
  std::int64_t sum = 0;
  for (; times > 0; --times) sum += co_await async_await(value_from_rust(times));
  co_return sum;
}

template <typename Stream>
Stream yields(const Pool& pool, std::int64_t items) {
  co_await schedule(pool);
  for (std::int64_t item = 0; item < items; ++item) co_yield item;
}

template <typename Stream>
FutureValue reads(const Pool& pool, Stream items) {
  co_await schedule(pool);
  std::int64_t count = 0;
  while (co_await items.next()) ++count;
  co_return count;
}

}  // namespace

std::shared_ptr<Pool> shared_pool(std::size_t threads) { return std::make_shared<Pool>(threads); }
std::unique_ptr<Pool> new_pool(std::size_t threads) { return std::make_unique<Pool>(threads); }

std::int64_t plain(std::int64_t value) noexcept { return value + 1; }

void call_back(const Pool& pool, std::int64_t value, rust::Box<Context> context, Done done) {
  auto job = std::make_unique<Job>(value, std::move(context), done);
  asio::post(pool.get_executor(), [job = std::move(job)] { job->run(); });
}

FutureValue ready(std::int64_t value) { co_return plain(value); }

rust::async::future<std::int64_t> Pool::next(std::int64_t value) const {
  co_await schedule(threads_);
  co_return plain(value);
}

rust::async::future<std::int64_t> Pool::sum(std::int64_t times) const {
  co_await schedule(threads_);
  std::int64_t sum = 0;
  for (std::int64_t value = 1; value <= times; ++value) sum += co_await same_from_rust(value);
  co_return sum;
}

FutureValue scheduled(const Pool& pool, std::int64_t value) {
  co_await schedule(pool);
  co_return plain(value);
}

FutureValue scheduled_on(const Pool& pool, std::int64_t value) {
  co_return co_await schedule_on(pool, plain_in_asio(value));
}

FutureValue co_spawned(const Pool& pool, std::int64_t value) {
  co_return co_await co_spawn_awaiter(pool, plain_in_asio(value));
}

FutureValue awaits_in_asio(const Pool& pool, std::int64_t times) {
  co_return co_await schedule_on(pool, sum_in_asio(times));
}

FutureValue awaits_in_pool(const Pool& pool, std::int64_t times) {
  co_await schedule(pool);
  std::int64_t sum = 0;
  for (; times > 0; --times) sum += co_await value_from_rust(times);
  co_return sum;
}

FutureValue awaits_plainly(std::int64_t times) {
  std::int64_t sum = 0;
  for (; times > 0; --times) sum += co_await value_from_rust(times);
  co_return sum;
}

FutureValue awaits_ready(std::int64_t times) {
  std::int64_t sum = 0;
  for (; times > 0; --times) sum += co_await ready_value_from_rust(times);
  co_return sum;
}

StreamOne yields_one(const Pool& pool, std::int64_t items) {
  return yields<StreamOne>(pool, items);
}
StreamAhead yields_ahead(const Pool& pool, std::int64_t items) {
  return yields<StreamAhead>(pool, items);
}
FutureValue reads_one(const Pool& pool, StreamOne items) { return reads(pool, std::move(items)); }
FutureValue reads_ahead(const Pool& pool, StreamAhead items) {
  return reads(pool, std::move(items));
}
