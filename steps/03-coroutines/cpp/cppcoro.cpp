// Step 3 on CppCoro.
#include <atomic>
#include <cppcoro/static_thread_pool.hpp>
#include <cppcoro/task.hpp>

#include "codec/cpp/live.h"
#include "rust/co_await_cppcoro.h"
#include "step-03-coroutines/cpp/converter.h"

// A static_thread_pool that is destroyed forgets the coroutines that wait in it, and nobody would
// ever hear of them again. So this one first gives them their turn.
class Converter::Pool {
 public:
  explicit Pool(std::size_t threads) : threads_(static_cast<std::uint32_t>(threads)) {}
  ~Pool() {
    while (const auto waiting = waiting_.load()) waiting_.wait(waiting);
  }

  cppcoro::task<> schedule() {
    ++waiting_;
    co_await threads_.schedule();
    if (--waiting_ == 0) waiting_.notify_all();
  }

 private:
  std::atomic<std::size_t> waiting_ = 0;
  cppcoro::static_thread_pool threads_;
};

Converter::Converter(std::size_t threads, std::uint64_t max_pixels)
    : max_pixels_(max_pixels), pool_(std::make_unique<Pool>(threads)) {}
Converter::~Converter() = default;

FuturePng Converter::convert(rust::Vec<std::uint8_t> jpeg) const {
  const codec::live live;
  co_await rust::async::schedule(*pool_);
  co_return to_png(jpeg, max_pixels_);
}

rust::Str executor() { return "cppcoro::static_thread_pool"; }
