#include "bridge-tests/cpp/edges.h"

#include <boost/asio/bind_executor.hpp>
#include <stdexcept>
#include <thread>

#include "bridge-tests/cpp/null_error.h"
#include "bridge-tests/cpp/owned_task.h"
#include "bridge-tests/src/edges.rs.h"

using rust::async::schedule;

// The one future with a say in how its exceptions are put into words.
template <>
struct rust::async::behavior::TryCatch<FutureOwnWords, rust::async::behavior::Custom> {
  template <typename Try, typename Fail>
  static void trycatch(Try&& function, Fail&& fail) noexcept {
    try {
      function();
    } catch (std::int32_t number) {
      fail(("the number " + std::to_string(number)).c_str());
    }
  }
};

namespace {

rust::String this_thread() { return std::to_string(thread_id()); }

}  // namespace

Slow::~Slow() {
  std::this_thread::sleep_for(std::chrono::microseconds(microseconds_));
  --alive;
}

std::unique_ptr<Slow> new_slow(std::int64_t microseconds) {
  return std::make_unique<Slow>(microseconds);
}
std::int64_t live_slow() { return Slow::alive; }

FutureNamed with_parameters(const Pool& pool, std::unique_ptr<Slow>, std::unique_ptr<Slow>,
                            std::unique_ptr<Slow>) {
  frame alive;
  co_await schedule(pool);
  co_return 0;
}

FutureNamed wraps(const Pool& pool, std::int64_t value) { return awaits_its_own(pool, value); }

FutureNamed awaits_its_own(const Pool& pool, std::int64_t value) {
  return awaits_its_own_deeply(pool, value, 1);
}

FutureNamed awaits_its_own_deeply(const Pool& pool, std::int64_t value, std::int64_t levels) {
  frame alive;
  if (levels == 0) {
    co_await schedule(pool);
    co_return value;
  }
  co_return co_await awaits_its_own_deeply(pool, value, levels - 1);
}

FutureNamed awaits_in_pool(const Pool& pool, FutureNamed future) {
  frame alive;
  co_await schedule(pool);
  co_return co_await std::move(future);
}

FutureNamed awaits_here(FutureNamed future) {
  frame alive;
  co_return co_await std::move(future);
}

FutureNamed thread_after_awaiting_in_pool(const Pool& pool, FutureNamed future) {
  frame alive;
  co_await schedule(pool);
  co_await std::move(future);
  co_return static_cast<std::int64_t>(thread_id());
}

FutureNamed awaits_twice(FutureNamed future) {
  frame alive;
  co_await std::move(future);
  co_return co_await std::move(future);
}

bool task_is_destroyed_once(FutureNamed future) {
  return destroyed_while_it_awaits(std::move(future)) == 1;
}

FutureNamed throws_null() {
  throw null_error();
  co_return 0;
}

FutureOwnWords throws_in_its_own_words(std::int32_t what) {
  throw what;
  co_return 0;
}

FuturePair pair_of(std::int64_t number, rust::String text) { co_return Pair{number, text}; }

FuturePair pair_in_braces(FutureNamed future) {
  co_return Pair{co_await std::move(future), rust::String("in braces, and long enough to be kept")};
}

StreamText words(const Pool& pool, std::int64_t count) {
  frame alive;
  for (std::int64_t number = 0; number != count; ++number) {
    co_await schedule(pool);
    co_yield std::to_string(number);
  }
}

StreamText words_here(std::int64_t count) {
  frame alive;
  for (std::int64_t number = 0; number != count; ++number) co_yield std::to_string(number);
}

StreamText threads(const Pool& pool) {
  frame alive;
  co_await schedule(pool);
  for (;;) co_yield this_thread();
}

StreamText words_then_awaits(FutureNamed future) {
  frame alive;
  co_yield "one";
  co_yield std::to_string(co_await std::move(future));
}

FutureNamed Context::awaits_on_strand(FutureNamed future) const {
  frame alive;
  co_await schedule(strand_);
  co_return co_await std::move(future);
}

void Context::begins_to_await_on_strand(FutureNamed future) const {
  rust::async::async_await(
      std::move(future),
      boost::asio::bind_executor(
          strand_, [alive = std::make_unique<frame>()](std::exception_ptr, std::int64_t) {}));
}

std::unique_ptr<Context> new_context() { return std::make_unique<Context>(); }

FutureNamed Locks::hold(std::int64_t key, FutureNamed future) const {
  frame alive;
  const auto lock = co_await keys_.lock(key);
  co_return co_await std::move(future);
}

FutureNamed Locks::hold_in_pool(std::int64_t key, FutureNamed future) const {
  frame alive;
  co_await schedule(threads_);
  const auto lock = co_await keys_.lock(key);
  co_return co_await std::move(future);
}

std::unique_ptr<Locks> new_locks() { return std::make_unique<Locks>(); }

void make_mutexes(std::int64_t count) {
  for (; count > 0; --count) rust::async::keyed_mutex<std::int64_t> mutex;
}
