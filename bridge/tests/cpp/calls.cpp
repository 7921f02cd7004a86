#include "bridge-tests/cpp/calls.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#if BOOST_VERSION >= 107700
#include <boost/asio/bind_cancellation_slot.hpp>
#endif

#include "bridge-tests/src/lib.rs.h"

namespace {

namespace asio = boost::asio;
using rust::async::async_await;
using rust::async::schedule;
using rust::async::schedule_on;

// The tests count what is alive in the whole process, and what it computes. So where they share
// one, under `cargo test`, they run one at a time. The tests' `main` reads this.
[[maybe_unused]] const int one_at_a_time = setenv("RUST_TEST_THREADS", "1", 1);

struct not_an_exception {};

[[noreturn]] void throw_kind(std::int32_t what) {
  if (what == 0) throw std::runtime_error("out of cheese");
  if (what == 1) throw 42;
  throw not_an_exception();
}

asio::awaitable<std::int64_t> value_in_asio(std::int64_t value) {
  frame alive;
  co_return value;
}

asio::awaitable<void> nothing_in_asio() {
  frame alive;
  co_return;
}

asio::awaitable<rust::Box<Thing>> thing_in_asio(std::int64_t value) {
  frame alive;
  co_return make_thing(value);
}

asio::awaitable<std::unique_ptr<std::string>> text_in_asio(std::int64_t value) {
  frame alive;
  co_return std::make_unique<std::string>(std::to_string(value));
}

asio::awaitable<std::int64_t> throws_in_asio(std::int32_t what) {
  frame alive;
  throw_kind(what);
  co_return 0;
}

asio::awaitable<std::unique_ptr<std::string>> catches_in_asio(FutureInt future) {
  frame alive;
  try {
    co_await async_await(std::move(future));
  } catch (const std::exception& error) {
    co_return std::make_unique<std::string>(error.what());
  }
  co_return std::make_unique<std::string>("nothing was thrown");
}

asio::awaitable<std::int64_t> thread_in_asio(FutureInt future) {
  frame alive;
  co_await async_await(std::move(future));
  co_return static_cast<std::int64_t>(thread_id());
}

asio::awaitable<std::int64_t> hops_in_asio(Pool::executor_type pool, std::int64_t times) {
  frame alive;
  std::int64_t hop = 0;
  for (; hop < times; ++hop) co_await asio::post(pool, asio::use_awaitable);
  co_return hop;
}

// What the bridge refuses as a parameter of a coroutine, where it does not see it.
struct hidden_view {
  const std::uint8_t* data;
  std::size_t size;
};

FutureInt sums_hidden_view(const Pool& pool, std::shared_ptr<Gate> gate, hidden_view bytes) {
  frame alive;
  co_await schedule(pool.get_executor());
  gate->pass();
  co_return std::accumulate(bytes.data, bytes.data + bytes.size, std::int64_t{0});
}

asio::awaitable<std::int64_t> forwards(FutureInt future) {
  frame alive;
  co_return co_await async_await(std::move(future));
}

}  // namespace

std::unique_ptr<Pool> new_pool(std::size_t threads) { return std::make_unique<Pool>(threads); }
std::shared_ptr<Gate> new_gate() { return std::make_shared<Gate>(); }
std::int64_t live_frames() { return frame::alive; }
std::uint64_t thread_id() {
#ifdef __APPLE__
  std::uint64_t id = 0;
  pthread_threadid_np(nullptr, &id);
  return id;
#else
  return static_cast<std::uint64_t>(gettid());
#endif
}
void exit_silently() { _exit(0); }
FutureInt ready(std::int64_t value) {
  frame alive;
  co_return value;
}

FutureInt scheduled(const Pool& pool, std::int64_t value) {
  frame alive;
  co_await schedule(pool.get_executor());
  co_return value;
}

FutureInt scheduled_on(const Pool& pool, std::int64_t value) {
  frame alive;
  co_return co_await schedule_on(pool.get_executor(), value_in_asio(value));
}

FutureVoid nothing(const Pool& pool, bool on) {
  frame alive;
  if (on) {
    co_await schedule_on(pool.get_executor(), nothing_in_asio());
  } else {
    co_await schedule(pool.get_executor());
  }
}

FutureThing thing(const Pool& pool, std::int64_t value) {
  frame alive;
  co_return co_await schedule_on(pool.get_executor(), thing_in_asio(value));
}

FutureText text(const Pool& pool, std::int64_t value) {
  frame alive;
  co_return co_await schedule_on(pool.get_executor(), text_in_asio(value));
}

FutureInt throws(const Pool& pool, std::int32_t what, bool on) {
  frame alive;
  if (on) co_return co_await schedule_on(pool.get_executor(), throws_in_asio(what));
  co_await schedule(pool.get_executor());
  throw_kind(what);
  co_return 0;
}

void throws_without_a_coroutine(std::int32_t what) { throw_kind(what); }

FutureInt short_work(const Pool& pool, std::shared_ptr<Gate> gate) {
  frame alive;
  co_await schedule(pool);
  gate->pass();
  co_return 0;
}

FutureInt long_work(const Pool& pool, std::shared_ptr<Gate> gate) {
  frame alive;
  co_await schedule(pool);
  gate->pass();
  co_await schedule(pool);
  gate->go_on();
  co_return 0;
}

StreamInt numbers(const Pool& pool, std::int64_t count) {
  frame alive;
  for (std::int64_t number = 0; number < count; ++number) {
    co_await schedule(pool.get_executor());
    co_yield number;
  }
}

StreamInt endless_numbers(const Pool& pool) {
  frame alive;
  for (std::int64_t number = 0;; ++number) {
    co_await schedule(pool.get_executor());
    co_yield number;
  }
}

StreamInt numbers_then_throw(const Pool& pool, std::int64_t count) {
  frame alive;
  for (std::int64_t number = 0; number < count; ++number) {
    co_await schedule(pool.get_executor());
    co_yield number;
  }
  throw std::runtime_error("out of numbers");
}

FutureInt awaits_plainly(FutureInt future) {
  frame alive;
  co_return co_await std::move(future);
}

FutureInt awaits_in_asio(const Pool& pool, FutureInt future) {
  frame alive;
  co_return co_await schedule_on(pool.get_executor(), forwards(std::move(future)));
}

FutureVoid awaits_nothing(const Pool& pool, FutureVoid future) {
  frame alive;
  co_await schedule_on(pool.get_executor(), async_await(std::move(future)));
}

FutureThing awaits_thing(const Pool& pool, FutureThing future) {
  frame alive;
  co_return co_await schedule_on(pool.get_executor(), async_await(std::move(future)));
}

FutureText awaits_and_catches(const Pool& pool, FutureInt future) {
  frame alive;
  co_return co_await schedule_on(pool.get_executor(), catches_in_asio(std::move(future)));
}

FutureInt ping(const Pool& pool, std::int64_t levels) {
  frame alive;
  if (levels == 0) co_return 0;
  const std::int64_t below =
      co_await schedule_on(pool.get_executor(), async_await(pong(pool, levels - 1)));
  co_return below + 1;
}

std::int64_t hops(const Pool& pool, std::int64_t coroutines, std::int64_t times) {
  std::vector<std::future<std::int64_t>> running;
  for (; coroutines > 0; --coroutines) {
    running.push_back(asio::co_spawn(pool.get_executor(), hops_in_asio(pool.get_executor(), times),
                                     asio::use_future));
  }
  return std::accumulate(running.begin(), running.end(), std::int64_t{0},
                         [](auto sum, auto& hops) { return sum + hops.get(); });
}

std::int64_t awaits_with_use_future(FutureInt future) {
  return async_await(std::move(future), asio::use_future).get();
}

std::int64_t awaits_with_callback(const Pool& pool, FutureInt future) {
  std::promise<std::int64_t> promise;
  const auto caller = std::this_thread::get_id();
  async_await(
      std::move(future),
      asio::bind_executor(pool.get_executor(), [&](std::exception_ptr error, std::int64_t value) {
        const bool elsewhere = caller != std::this_thread::get_id();
        if (error) {
          promise.set_exception(error);
        } else {
          promise.set_value(elsewhere ? value : -1);
        }
      }));
  return promise.get_future().get();
}

void begins_to_await(const Pool& pool, FutureInt future) {
  asio::co_spawn(pool.get_executor(), forwards(std::move(future)), asio::detached);
}

bool cancels_while_awaiting([[maybe_unused]] const Pool& pool, [[maybe_unused]] FutureInt future) {
#if BOOST_VERSION >= 107700
  asio::cancellation_signal signal;
  std::promise<bool> aborted;
  async_await(std::move(future),
              asio::bind_cancellation_slot(
                  signal.slot(),
                  asio::bind_executor(pool.get_executor(), [&](std::exception_ptr e, std::int64_t) {
                    try {
                      if (e) std::rethrow_exception(e);
                      aborted.set_value(false);
                    } catch (const boost::system::system_error& error) {
                      aborted.set_value(error.code() == asio::error::operation_aborted);
                    }
                  })));
  // In the one thread of the pool, where the operation ends: a signal is not for two at once.
  asio::post(pool.get_executor(), [&] { signal.emit(asio::cancellation_type::terminal); });
  return aborted.get_future().get();
#else
  return true;
#endif
}

FutureInt thread_at_start(const Pool& pool, std::shared_ptr<Gate> gate) {
  frame alive;
  const auto start = static_cast<std::int64_t>(thread_id());
  co_await schedule(pool.get_executor());
  gate->pass();
  co_return start;
}

FutureInt thread_after_schedule(const Pool& pool) {
  frame alive;
  co_await schedule(pool.get_executor());
  co_return static_cast<std::int64_t>(thread_id());
}

FutureInt thread_after_plain_await(FutureInt future) {
  frame alive;
  co_await std::move(future);
  co_return static_cast<std::int64_t>(thread_id());
}

FutureInt thread_after_asio_await(const Pool& pool, FutureInt future) {
  frame alive;
  co_return co_await schedule_on(pool.get_executor(), thread_in_asio(std::move(future)));
}

FutureInt sums_view(const Pool& pool, std::shared_ptr<Gate> gate,
                    rust::Slice<const std::uint8_t> bytes) {
  return sums_hidden_view(pool, std::move(gate), {bytes.data(), bytes.size()});
}

FutureInt sums_owned(const Pool& pool, std::shared_ptr<Gate> gate, rust::Vec<std::uint8_t> bytes) {
  frame alive;
  co_await schedule(pool.get_executor());
  gate->pass();
  co_return std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0});
}
