#include "bridge-tests/cpp/trouble.h"

#include <utility>

#include "bridge-tests/src/trouble.rs.h"

namespace {

std::atomic<bool> computing = false;

std::int64_t digest(std::int64_t seed) {
  auto sum = static_cast<std::uint64_t>(seed);
  computing = true;
  while (computing) sum = sum * 6364136223846793005U + 1442695040888963407U;
  return static_cast<std::int64_t>(sum >> 1U);
}

}  // namespace

FutureInt computes_anywhere(FutureInt seed) {
  frame alive;
  const std::int64_t number = co_await std::move(seed);
  co_return digest(number);
}

FutureInt computes_in_pool(const Pool& pool, FutureInt seed) {
  frame alive;
  co_await rust::async::schedule(pool);
  const std::int64_t number = co_await std::move(seed);
  co_return digest(number);
}

bool is_computing() { return computing; }
void stop_computing() { computing = false; }

struct Letterbox::letter {
  const Letterbox& box;

  bool await_ready() const noexcept { return false; }
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) const {
    const std::lock_guard lock(box.mutex_);
    box.waiting_.push_back(coroutine);
  }
  std::int64_t await_resume() const {
    const std::lock_guard lock(box.mutex_);
    return box.last_;
  }
};

FutureInt Letterbox::wait_for_letter() const {
  frame alive;
  co_return co_await letter{*this};
}

void Letterbox::deliver(std::int64_t letter) const {
  std::unique_lock lock(mutex_);
  last_ = letter;
  const auto waiting = std::exchange(waiting_, {});
  lock.unlock();
  for (const auto coroutine : waiting) coroutine.resume();
}

std::unique_ptr<Letterbox> new_letterbox() { return std::make_unique<Letterbox>(); }
