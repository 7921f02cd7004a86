#include "bridge-by-hand/cpp/answer.h"

#include <thread>

#include "bridge-by-hand/src/lib.rs.h"

Answer Answer::promise_type::get_return_object() {
  return Answer(std::coroutine_handle<promise_type>::from_promise(*this));
}

void Answer::promise_type::finish::await_suspend(
    std::coroutine_handle<promise_type> coroutine) noexcept {
  promise_type& promise = coroutine.promise();
  std::unique_lock lock(promise.mutex);
  promise.done = true;
  const auto waker = std::exchange(promise.waker, std::nullopt);
  lock.unlock();
  // From here on Rust may have destroyed the frame.
  if (waker) (*waker)->wake();
}

bool Answer::poll(rust::Box<Wake> waker) const {
  promise_type& promise = coroutine_.promise();
  const std::lock_guard lock(promise.mutex);
  if (!promise.done) promise.waker = std::move(waker);
  return promise.done;
}

// Goes on in a thread of its own.
struct new_thread {
  bool await_ready() { return false; }
  // The coroutine may be at work, or gone, before this returns. So it is never inlined: a compiler
  // may then keep what it needs here in the frame.
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) {
    std::thread(coroutine).detach();
  }
  void await_resume() {}
};

static Answer compute(std::int64_t number) {
  co_await new_thread();
  co_return (number * number);
}

std::unique_ptr<Answer> square(std::int64_t number) {
  return std::make_unique<Answer>(compute(number));
}
