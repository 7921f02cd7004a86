#include "bridge-tests/hostile/key_given_up_twice.h"

#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/key_given_up_twice.rs.h"
#include "rust/co_await_keyed_mutex.h"

struct Line::keys {
  rust::async::keyed_mutex<std::int64_t> of;
};

Line::Line() : keys_(std::make_unique<keys>()) {}
Line::~Line() = default;

FutureNumber Line::hold(std::int64_t key, FutureNumber until) const {
  frame alive;
  const auto lock = co_await keys_->of.lock(key);
  co_return co_await std::move(until);
}

FutureNumber Line::hold_in(const Pool& pool, std::int64_t key, FutureNumber until) const {
  frame alive;
  co_await rust::async::schedule(pool);
  const auto lock = co_await keys_->of.lock(key);
  co_return co_await std::move(until);
}

std::unique_ptr<Line> new_line() { return std::make_unique<Line>(); }
