// Step 3 on Folly.
#include <folly/executors/CPUThreadPoolExecutor.h>

#include "codec/cpp/live.h"
#include "rust/co_await_folly.h"
#include "step-03-coroutines/cpp/converter.h"

class Converter::Pool : public folly::CPUThreadPoolExecutor {
  using CPUThreadPoolExecutor::CPUThreadPoolExecutor;
};

Converter::Converter(std::size_t threads, std::uint64_t max_pixels)
    : max_pixels_(max_pixels), pool_(std::make_shared<Pool>(threads)) {}

rust::async::future<Png> Converter::convert(rust::Vec<std::uint8_t> jpeg) const {
  const codec::live live;
  co_await rust::async::schedule(*pool_);
  co_return to_png(jpeg, max_pixels_);
}

rust::Str executor() { return "folly::CPUThreadPoolExecutor"; }
