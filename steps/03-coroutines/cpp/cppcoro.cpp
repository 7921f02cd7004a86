// Step 3 on CppCoro.
#include <cppcoro/static_thread_pool.hpp>

#include "codec/cpp/live.h"
#include "rust/co_await_cppcoro.h"
#include "step-03-coroutines/cpp/converter.h"

// Destroyed, it forgets the coroutines that wait in it: there are none by then.
class Converter::Pool : public cppcoro::static_thread_pool {
 public:
  explicit Pool(std::size_t threads) : static_thread_pool(static_cast<std::uint32_t>(threads)) {}
};

Converter::Converter(std::size_t threads, std::uint64_t max_pixels)
    : max_pixels_(max_pixels), pool_(std::make_shared<Pool>(threads)) {}

rust::async::future<Png> Converter::convert(rust::Vec<std::uint8_t> jpeg) const {
  const codec::live live;
  co_await rust::async::schedule(*pool_);
  co_return to_png(jpeg, max_pixels_);
}

rust::Str executor() { return "cppcoro::static_thread_pool"; }
