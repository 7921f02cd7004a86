#include "step-03-coroutines/cpp/converter.h"

#include "codec/cpp/codec.h"
#include "codec/cpp/live.h"
#include "rust/cxx_async_asio.h"

Converter::Converter(std::size_t threads, std::uint64_t max_pixels)
    : max_pixels_(max_pixels), pool_(threads) {}

// The parameters are values: they move into the coroutine's frame and live as long as it does. A
// slice would point at memory of the caller, who goes on at the first co_await.
FuturePng Converter::convert(rust::Vec<std::uint8_t> jpeg, rust::Box<CallToken> token) const {
  const codec::live live;
  co_await rust::async::schedule(pool_);
  if (token->cancelled()) co_return nullptr;
  co_return std::make_unique<std::vector<std::uint8_t>>(
      codec::jpeg_to_png({jpeg.data(), jpeg.size()}, {max_pixels_}));
}

std::unique_ptr<Converter> new_converter(std::size_t threads, std::uint64_t max_pixels) {
  return std::make_unique<Converter>(threads, max_pixels);
}
