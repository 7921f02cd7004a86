// Step 3 on Folly.
#include <folly/executors/CPUThreadPoolExecutor.h>

#include "codec/cpp/live.h"
#include "rust/cxx_async_folly_executor.h"
#include "step-03-coroutines/cpp/converter.h"

// Destroyed, it first runs the tasks that wait in it.
class Converter::Pool : public folly::CPUThreadPoolExecutor {
  using CPUThreadPoolExecutor::CPUThreadPoolExecutor;
};

namespace {

// References are safe here: the coroutine that awaits this one has what they refer to in its frame.
folly::coro::Task<Png> convert_there(const rust::Vec<std::uint8_t>& jpeg, std::uint64_t max_pixels,
                                     const CallToken& token) {
  co_return to_png(jpeg, max_pixels, token);
}

}  // namespace

Converter::Converter(std::size_t threads, std::uint64_t max_pixels)
    : max_pixels_(max_pixels), pool_(std::make_unique<Pool>(threads)) {}
Converter::~Converter() = default;

FuturePng Converter::convert(rust::Vec<std::uint8_t> jpeg, rust::Box<CallToken> token) const {
  const codec::live live;
  co_return co_await rust::async::schedule_on(*pool_, convert_there(jpeg, max_pixels_, *token));
}

rust::Str executor() { return "folly::CPUThreadPoolExecutor"; }
