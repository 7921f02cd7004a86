#include "bridge-tests/hostile/resumed_after_its_pool.h"

#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/resumed_after_its_pool.rs.h"
#include "rust/co_await_asio.h"
#include "rust/co_await_keyed_mutex.h"

using rust::async::schedule;
using rust::async::schedule_on;

namespace {

boost::asio::awaitable<std::int64_t> one() { co_return 1; }

}  // namespace

struct Bell::stranger_to_the_bridge {
  const Bell& bell;

  bool await_ready() const noexcept { return false; }
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) const {
    const std::lock_guard lock(bell.mutex_);
    bell.waits_ = coroutine;
  }
  void await_resume() const noexcept {}
};

struct Bell::keys {
  rust::async::keyed_mutex<std::int64_t> of;
};

Bell::Bell() : keys_(std::make_unique<keys>()) {}
Bell::~Bell() = default;

FutureNumber Bell::then_awaits(const Pool& pool, FutureNumber future) const {
  frame alive;
  co_await schedule(pool);
  co_await stranger_to_the_bridge{*this};
  co_return co_await std::move(future);
}

FutureNumber Bell::then_reads(const Pool& pool, StreamNumber stream) const {
  frame alive;
  co_await schedule(pool);
  co_await stranger_to_the_bridge{*this};
  const auto item = co_await stream.next();
  co_return item ? *item : 0;
}

FutureNumber Bell::then_schedules(const Pool& pool) const {
  frame alive;
  const auto executor = pool.get_executor();
  co_await schedule(executor);
  co_await stranger_to_the_bridge{*this};
  co_await schedule(executor);
  co_return 1;
}

FutureNumber Bell::then_schedules_on(const Pool& pool) const {
  frame alive;
  const auto executor = pool.get_executor();
  co_await schedule(executor);
  co_await stranger_to_the_bridge{*this};
  co_return co_await schedule_on(executor, one());
}

FutureNumber Bell::then_moves(const Pool& pool, const Pool& other) const {
  frame alive;
  co_await schedule(pool);
  co_await stranger_to_the_bridge{*this};
  co_await schedule(other);
  co_return 1;
}

FutureNumber Bell::then_locks(const Pool& pool) const {
  frame alive;
  co_await schedule(pool);
  co_await stranger_to_the_bridge{*this};
  const auto lock = co_await keys_->of.lock(1);
  co_return 1;
}

FutureNumber Bell::then_ends(const Pool& pool) const {
  frame alive;
  co_await schedule(pool);
  co_await stranger_to_the_bridge{*this};
  co_return 1;
}

FutureNumber Bell::then_catches(const Pool& pool, FutureNumber future) const {
  frame alive;
  co_await schedule(pool);
  co_await stranger_to_the_bridge{*this};
  try {
    co_await std::move(future);
  } catch (...) {
    // What it waits in is gone, and there is nothing to catch.
  }
  co_return 1;
}

StreamNumber Bell::then_yields(const Pool& pool) const {
  frame alive;
  co_await schedule(pool);
  co_await stranger_to_the_bridge{*this};
  for (std::int64_t number = 0;; ++number) co_yield number;
}

bool Bell::has_somebody() const {
  const std::lock_guard lock(mutex_);
  return static_cast<bool>(waits_);
}

void Bell::ring() const {
  std::unique_lock lock(mutex_);
  const auto waits = std::exchange(waits_, {});
  lock.unlock();
  waits.resume();
}

// Not counted: it is there all the time.
FutureNumber Bell::holds_key(FutureNumber until) const {
  const auto lock = co_await keys_->of.lock(1);
  co_return co_await std::move(until);
}

std::unique_ptr<Bell> new_bell() { return std::make_unique<Bell>(); }
