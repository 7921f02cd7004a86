#include "bridge-tests/cpp/conventions.h"

#include <atomic>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "rust/co_await_keyed_mutex.h"

#if BOOST_VERSION >= 107700
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#endif
#if BOOST_VERSION >= 107900
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#endif
#if BOOST_VERSION >= 108200
#include <boost/asio/bind_immediate_executor.hpp>
#endif
#if BOOST_VERSION >= 108600
#include <boost/asio/cancel_after.hpp>
#endif

#include "bridge-tests/src/conventions.rs.h"

namespace {

namespace asio = boost::asio;
using rust::async::async_await;

constexpr std::int64_t expected = 7;

// What a handler was called with.
struct outcome {
  std::exception_ptr error;
  std::int64_t value;
};

[[maybe_unused]] bool was_aborted(const outcome& outcome) {
  try {
    if (outcome.error) std::rethrow_exception(outcome.error);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  }
  return false;
}

// A handler that keeps what it is called with.
class handler {
 public:
  void operator()(std::exception_ptr error, std::int64_t value) {
    outcome_->set_value({error, value});
  }
  std::future<outcome> future() { return outcome_->get_future(); }

 private:
  std::shared_ptr<std::promise<outcome>> outcome_ = std::make_shared<std::promise<outcome>>();
};

#if BOOST_VERSION >= 107900
// Counts what it has given away.
template <typename T>
struct counting {
  using value_type = T;
  explicit counting(std::atomic<std::int64_t>& live, std::atomic<std::int64_t>& total)
      : live(&live), total(&total) {}
  template <typename U>
  counting(const counting<U>& other) : live(other.live), total(other.total) {}

  T* allocate(std::size_t count) {
    ++*live;
    ++*total;
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* memory, std::size_t count) {
    --*live;
    std::allocator<T>().deallocate(memory, count);
  }
  bool operator==(const counting&) const = default;

  std::atomic<std::int64_t>* live;
  std::atomic<std::int64_t>* total;
};
#endif

#if BOOST_VERSION >= 107700
// Cancels, with one type after the other, what awaits `never`; `obeyed` tells at which it ended.
template <typename... Filter>
rust::String cancelled_with(const Pool& pool, FutureInt never, asio::cancellation_type ignored,
                            asio::cancellation_type obeyed, Filter... filter) {
  asio::cancellation_signal signal;
  handler handler;
  auto outcome = handler.future();
  const auto strand = asio::make_strand(pool.get_executor());
  async_await(std::move(never),
              asio::bind_cancellation_slot(signal.slot(), asio::bind_executor(strand, handler)),
              filter...);
  asio::post(strand, [&] { signal.emit(ignored); });
  if (outcome.wait_for(std::chrono::milliseconds(50)) == std::future_status::ready) {
    return "ended by what is to be ignored";
  }
  asio::post(strand, [&] { signal.emit(obeyed); });
  return was_aborted(outcome.get()) ? "" : "did not end as aborted";
}
#endif

}  // namespace

rust::String any_token_will_do(FutureInt callback, FutureInt detached,
                               [[maybe_unused]] FutureInt deferred, FutureInt future) {
  handler handler;
  auto outcome = handler.future();
  async_await(std::move(callback), handler);
  if (outcome.get().value != expected) return "a callback";
  async_await(std::move(detached), asio::detached);
  if (async_await(std::move(future), asio::use_future).get() != expected) return "use_future";
#if BOOST_VERSION >= 107900
  auto operation = async_await(std::move(deferred), asio::deferred);
  if (std::move(operation)(asio::use_future).get() != expected) return "deferred";
#endif
  return "";
}

rust::String parallel_group([[maybe_unused]] const Pool& pool, [[maybe_unused]] FutureInt first,
                            [[maybe_unused]] FutureInt second) {
#if BOOST_VERSION >= 107900
  std::promise<std::int64_t> sum;
  // In threads of the pool, which are joined before it goes.
  // A token for each: Boost 1.83 does not take a constant one.
  const auto in_pool = [&] { return asio::bind_executor(pool.get_executor(), asio::deferred); };
  asio::experimental::make_parallel_group(async_await(std::move(first), in_pool()),
                                          async_await(std::move(second), in_pool()))
      .async_wait(asio::experimental::wait_for_all(),
                  asio::bind_executor(
                      pool.get_executor(),
                      [&](std::array<std::size_t, 2>, std::exception_ptr, std::int64_t one,
                          std::exception_ptr, std::int64_t two) { sum.set_value(one + two); }));
  if (sum.get_future().get() != 2 * expected) return "the values";
#endif
  return "";
}

rust::String cancel_after([[maybe_unused]] const Pool& pool, [[maybe_unused]] FutureInt never,
                          [[maybe_unused]] FutureInt now) {
#if BOOST_VERSION >= 108600
  handler late;
  auto outcome = late.future();
  const auto strand = asio::make_strand(pool.get_executor());
  // In threads of the pool, which are joined before it goes: by itself it is the system's.
  asio::steady_timer timer(strand);
  async_await(std::move(never), asio::cancel_after(timer, std::chrono::milliseconds(5),
                                                   asio::bind_executor(strand, late)));
  if (!was_aborted(outcome.get())) return "did not end as aborted";
  handler in_time;
  outcome = in_time.future();
  async_await(std::move(now), asio::cancel_after(timer, std::chrono::minutes(1),
                                                 asio::bind_executor(strand, in_time)));
  if (outcome.get().value != expected) return "the value";
#endif
  return "";
}

rust::String obeys_terminal_alone([[maybe_unused]] const Pool& pool,
                                  [[maybe_unused]] FutureInt never) {
#if BOOST_VERSION >= 107700
  using type = asio::cancellation_type;
  return cancelled_with(pool, std::move(never), type::partial | type::total, type::terminal);
#else
  return "";
#endif
}

rust::String obeys_a_filter([[maybe_unused]] const Pool& pool, [[maybe_unused]] FutureInt never) {
#if BOOST_VERSION >= 107700
  using type = asio::cancellation_type;
  return cancelled_with(pool, std::move(never), type::none, type::total,
                        asio::enable_total_cancellation());
#else
  return "";
#endif
}

rust::String uses_the_allocator([[maybe_unused]] const Pool& pool,
                                [[maybe_unused]] FutureInt future) {
#if BOOST_VERSION >= 107900
  std::atomic<std::int64_t> live = 0;
  std::atomic<std::int64_t> total = 0;
  std::promise<std::int64_t> left;
  async_await(std::move(future),
              asio::bind_allocator(
                  counting<void>(live, total),
                  asio::bind_executor(pool.get_executor(), [&](std::exception_ptr, std::int64_t) {
                    left.set_value(live);
                  })));
  if (left.get_future().get() != 0) return "its memory was not free when the handler was called";
  if (total == 0) return "it was not asked";
#endif
  return "";
}

rust::String uses_the_immediate_executor([[maybe_unused]] FutureInt now,
                                         [[maybe_unused]] FutureInt later) {
#if BOOST_VERSION >= 108200
  asio::thread_pool elsewhere(1);
  const auto here = std::this_thread::get_id();
  const auto thread_of = [&](FutureInt future) {
    std::promise<std::thread::id> thread;
    async_await(std::move(future),
                asio::bind_immediate_executor(
                    asio::system_executor(),  // which dispatches where it is
                    asio::bind_executor(elsewhere, [&](std::exception_ptr, std::int64_t) {
                      thread.set_value(std::this_thread::get_id());
                    })));
    return thread.get_future().get();
  };
  if (thread_of(std::move(now)) != here) return "what was there at once came elsewhere";
  if (thread_of(std::move(later)) == here) return "what came later came here";
#endif
  return "";
}

rust::String uses_the_executor(FutureInt future) {
  const auto here = std::this_thread::get_id();
  std::promise<bool> elsewhere;
  async_await(std::move(future), [&](std::exception_ptr, std::int64_t) {
    elsewhere.set_value(here != std::this_thread::get_id());
  });
  return elsewhere.get_future().get() ? "" : "called within the function";
}

rust::String strands_keep_handlers_apart(const Pool& pool, std::int64_t count) {
  const auto strand = asio::make_strand(pool.get_executor());
  std::latch all(count);
  std::atomic<int> inside = 0;
  std::atomic<bool> two = false;
  for (std::int64_t number = 0; number < count; ++number) {
    async_await(later(number), asio::bind_executor(strand, [&](std::exception_ptr, std::int64_t) {
                  if (++inside != 1) two = true;
                  std::this_thread::yield();
                  --inside;
                  all.count_down();
                }));
  }
  all.wait();
  return two ? "two at the same time" : "";
}

rust::String locks_with_handlers([[maybe_unused]] const Pool& pool) {
  using mutex = rust::async::keyed_mutex<int>;
  mutex keys;
  std::promise<mutex::scoped_lock> first;
  keys.async_lock(
      1, [&](std::exception_ptr, mutex::scoped_lock lock) { first.set_value(std::move(lock)); });
  std::optional held(first.get_future().get());
#if BOOST_VERSION >= 107700
  asio::cancellation_signal signal;
  handler cancelled;
  auto outcome = cancelled.future();
  const auto strand = asio::make_strand(pool.get_executor());
  keys.async_lock(1, asio::bind_cancellation_slot(
                         signal.slot(), asio::bind_executor(strand, [&](std::exception_ptr error,
                                                                        mutex::scoped_lock) {
                           cancelled(error, 0);
                         })));
  asio::post(strand, [&] { signal.emit(asio::cancellation_type::terminal); });
  if (!was_aborted(outcome.get())) return "did not leave the line";
#endif
  std::promise<bool> second;
  keys.async_lock(
      1, [&](std::exception_ptr error, mutex::scoped_lock) { second.set_value(error == nullptr); });
  held.reset();
  return second.get_future().get() ? "" : "the key was not handed on";
}
