#include "step-04-rust-from-cpp/cpp/converter.h"

#include "codec/cpp/codec.h"
#include "codec/cpp/live.h"
#include "rust/cxx_async_asio.h"
#include "step-04-rust-from-cpp/src/lib.rs.h"

namespace {

using rust::async::async_await;

Png to_png(const rust::Vec<std::uint8_t>& jpeg, std::uint64_t max_pixels, const CallToken& token) {
  if (token.cancelled()) return nullptr;
  return std::make_unique<std::vector<std::uint8_t>>(
      codec::jpeg_to_png({jpeg.data(), jpeg.size()}, {max_pixels}));
}

// Rust runs in threads of its own; after each co_await this goes on in the pool. References are
// safe here: the coroutine that awaits this one has what they refer to in its frame.
boost::asio::awaitable<Kept> look_convert_keep(const Store& store, const rust::String& name,
                                               const rust::Vec<std::uint8_t>& jpeg,
                                               std::uint64_t max_pixels, const CallToken& token) {
  auto etag = co_await async_await(store.head(name));
  if (!etag.empty()) co_return Kept{false, etag};
  auto png = to_png(jpeg, max_pixels, token);
  if (!png) co_return Kept{};
  etag = co_await async_await(store.put(name, std::move(png)));
  if (!etag.empty()) co_return Kept{true, etag};
  // Another server with the same store was quicker: what it kept is never replaced.
  co_return Kept{false, co_await async_await(store.head(name))};
}

}  // namespace

Converter::Converter(std::size_t threads, std::uint64_t max_pixels)
    : max_pixels_(max_pixels), pool_(threads), names_(pool_) {}

FuturePng Converter::convert(rust::Vec<std::uint8_t> jpeg, rust::Box<CallToken> token) const {
  const codec::live live;
  co_await rust::async::schedule(pool_);
  co_return to_png(jpeg, max_pixels_, *token);
}

FutureKept Converter::convert_and_store(rust::Box<Store> store, rust::String name,
                                        rust::Vec<std::uint8_t> jpeg,
                                        rust::Box<CallToken> token) const {
  const codec::live live;
  const auto lock = co_await names_.lock(std::string(name));
  co_return co_await rust::async::schedule_on(
      pool_, look_convert_keep(*store, name, jpeg, max_pixels_, *token));
}

std::unique_ptr<Converter> new_converter(std::size_t threads, std::uint64_t max_pixels) {
  return std::make_unique<Converter>(threads, max_pixels);
}
