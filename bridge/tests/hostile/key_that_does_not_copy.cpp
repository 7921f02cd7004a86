#include "bridge-tests/hostile/key_that_does_not_copy.h"

#include <atomic>
#include <stdexcept>
#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/key_that_does_not_copy.rs.h"
#include "rust/co_await_keyed_mutex.h"

namespace {

std::atomic<std::int64_t> copies_left = -1;
std::atomic<bool> thrown = false;

struct brittle {
  std::int64_t number = 0;

  brittle() = default;
  explicit brittle(std::int64_t number) : number(number) {}
  brittle(const brittle& other) : number(other.number) {
    if (copies_left < 0 || copies_left-- > 0) return;
    thrown = true;
    throw std::runtime_error("does not copy");
  }
  brittle(brittle&&) noexcept = default;
  brittle& operator=(brittle&&) noexcept = default;
  bool operator==(const brittle&) const = default;
};

}  // namespace

template <>
struct std::hash<brittle> {
  std::size_t operator()(const brittle& key) const noexcept {
    return std::hash<std::int64_t>()(key.number);
  }
};

struct BrittleLine::keys {
  rust::async::keyed_mutex<brittle> of;
};

BrittleLine::BrittleLine() : keys_(std::make_unique<keys>()) {}
BrittleLine::~BrittleLine() = default;

FutureNumber BrittleLine::hold(std::int64_t key, FutureNumber until) const {
  frame alive;
  const auto lock = co_await keys_->of.lock(brittle(key));
  co_return co_await std::move(until);
}

FutureNumber BrittleLine::hold_in(const Pool& pool, std::int64_t key, FutureNumber until) const {
  frame alive;
  co_await rust::async::schedule(pool);
  const auto lock = co_await keys_->of.lock(brittle(key));
  co_return co_await std::move(until);
}

std::unique_ptr<BrittleLine> new_brittle_line() { return std::make_unique<BrittleLine>(); }

void throw_after_copies(std::int64_t count) {
  thrown = false;
  copies_left = count;
}

bool has_thrown() { return thrown; }
