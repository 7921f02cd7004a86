#include "recordings/cpp/upstream.h"

#include <boost/asio/post.hpp>
#include <coroutine>
#include <utility>

namespace recordings {

namespace {

// Goes on in the thread of the pool.
struct hop {
  const Pool& pool;
  bool await_ready() const noexcept { return false; }
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) const {
    boost::asio::post(pool.get_executor(), coroutine);
  }
  void await_resume() const noexcept {}
};

}  // namespace

FutureBare computes_bare(const Pool& pool) {
  co_await hop{pool};
  co_return work();
}

FutureBare awaits_bare(FutureBare number) {
  const auto value = co_await std::move(number);
  co_return work(value);
}

}  // namespace recordings
