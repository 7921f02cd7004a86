#include "bridge-tests/cpp/keyed_mutex.h"

#include "bridge-tests/src/keyed_mutex.rs.h"

namespace {

boost::asio::awaitable<void> awaits(FutureInt future) {
  co_await rust::async::async_await(std::move(future));
}

}  // namespace

FutureInt Keys::hold(std::int64_t key, FutureInt future) const {
  const auto lock = co_await keys_.lock(key);
  const auto thread = static_cast<std::int64_t>(thread_id());
  co_await rust::async::schedule_on(threads_, awaits(std::move(future)));
  co_return std::int64_t(thread);
}

FutureInt Keys::hold_in_pool(std::int64_t key, FutureInt future) const {
  co_await rust::async::schedule(threads_);
  const auto lock = co_await keys_.lock(key);
  const auto thread = static_cast<std::int64_t>(thread_id());
  co_await rust::async::schedule_on(threads_, awaits(std::move(future)));
  co_return std::int64_t(thread);
}

FutureInt Keys::take_turns(std::int64_t key) const {
  for (;;) {
    co_await rust::async::schedule(threads_);
    const auto lock = co_await keys_.lock(key);
  }
}

std::unique_ptr<Keys> new_keys(std::size_t threads) { return std::make_unique<Keys>(threads); }
