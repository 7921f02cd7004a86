#include "bridge-tests/cpp/bare.h"

#include <boost/asio/post.hpp>
#include <stdexcept>
#include <utility>

#include "bridge-tests/cpp/null_error.h"
#include "bridge-tests/cpp/owned_task.h"

namespace {

// Goes on in a thread of the pool.
struct hop {
  const Pool& pool;
  bool await_ready() const noexcept { return false; }
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) const {
    boost::asio::post(pool.get_executor(), coroutine);
  }
  void await_resume() const noexcept {}
};

}  // namespace

FutureBare throws_bare(bool an_int) {
  if (an_int) throw 42;
  throw std::runtime_error("out of cheese");
  co_return 0;
}

FutureBare awaits_bare(FutureBare future) {
  frame alive;
  co_return co_await std::move(future);
}

FutureBare bare_scheduled(const Pool& pool, std::int64_t value) {
  frame alive;
  co_await hop{pool};
  co_return std::move(value);
}

FutureBare bare_long_work(const Pool& pool, std::shared_ptr<Gate> gate) {
  frame alive;
  co_await hop{pool};
  gate->pass();
  co_return 0;
}

StreamBare bare_numbers(const Pool& pool, std::int64_t count) {
  frame alive;
  for (std::int64_t number = 0; number < count; ++number) {
    co_await hop{pool};
    co_yield std::int64_t(number);
  }
}

FutureBare bare_thread_after_await(FutureBare future) {
  frame alive;
  co_await std::move(future);
  co_return static_cast<std::int64_t>(thread_id());
}

StreamBare bare_stream_threads(const Pool& pool) {
  frame alive;
  co_await hop{pool};
  co_yield static_cast<std::int64_t>(thread_id());
  co_yield 0;
  co_yield static_cast<std::int64_t>(thread_id());
}

FutureBare bare_throws_null() {
  throw null_error();
  co_return 0;
}

bool bare_task_is_destroyed_twice(FutureBare future) {
  return destroyed_while_it_awaits(std::move(future)) > 1;
}

namespace {

// What is yielded. It lives in the frame, and tells that it was written to.
struct Yielded {
  Yielded() = default;
  Yielded(Yielded&&) noexcept {}
  Yielded& operator=(Yielded&&) noexcept {
    written = true;
    return *this;
  }

  inline static bool written = false;
};

class YieldedStream : public rust::async::RustFuture<YieldedStream> {
 public:
  using YieldResult = Yielded;

  static const rust::async::Vtable<YieldedStream>* vtable();
};

}  // namespace

// The end that Rust would have made.
template <>
class rust::async::RustSender<YieldedStream> {};

namespace {

// Stands for Rust, whose slot is full: it keeps the waker, so the coroutine has to wait.
std::uint32_t is_full(rust::async::RustSender<YieldedStream>&, std::uint32_t, const void*,
                      const void* waker) {
  Yielded::written = false;
  auto* kept = static_cast<const rust::async::SuspendedCoroutine*>(waker);
  const_cast<rust::async::SuspendedCoroutine*>(kept)->release();
  return static_cast<std::uint32_t>(rust::async::RustSendResult::Wait);
}

const rust::async::Vtable<YieldedStream>* YieldedStream::vtable() {
  static const rust::async::Vtable<YieldedStream> table{nullptr, is_full, nullptr, nullptr,
                                                        nullptr};
  return &table;
}

}  // namespace

bool bare_co_yield_writes_late() {
  rust::async::RustSender<YieldedStream> sender;
  Yielded value;
  rust::async::RustStreamAwaiter<YieldedStream> awaiter(sender, std::move(value));
  awaiter.await_suspend(std::noop_coroutine());
  return Yielded::written;
}
