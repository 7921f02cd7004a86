#include "step-04-rust-from-cpp/cpp/converter.h"

#include "codec/cpp/codec.h"
#include "codec/cpp/live.h"
#include "rust/cxx_async_asio.h"
#include "step-04-rust-from-cpp/src/lib.rs.h"

namespace {

using rust::async::async_await;

Png to_png(const rust::Vec<std::uint8_t>& jpeg, std::uint64_t max_pixels) {
  return std::make_unique<std::vector<std::uint8_t>>(
      codec::jpeg_to_png({jpeg.data(), jpeg.size()}, {max_pixels}));
}

// References are safe here: the coroutine that awaits this one has what they refer to in its frame.
boost::asio::awaitable<Kept> look_convert_keep(const Store& store, const rust::String& name,
                                               const rust::Vec<std::uint8_t>& jpeg,
                                               std::uint64_t max_pixels, const CallToken& token) {
  // Rust runs on threads of its own; after each co_await this goes on in the pool.
  Kept kept = co_await async_await(store.head(name));
  if (kept.state != State::Missing || token.cancelled()) co_return kept;
  co_return co_await async_await(store.put(name, to_png(jpeg, max_pixels)));
}

}  // namespace

Converter::Converter(std::size_t threads, std::uint64_t max_pixels)
    : max_pixels_(max_pixels), turns_(pool_), pool_(threads) {}

Converter::~Converter() {
  pool_.stop();
  pool_.join();
  turns_.abandon();
}

// The parameters are values: they move into the coroutine's frame and live as long as it does. A
// slice would point at memory of the caller, who goes on at the first co_await.
FuturePng Converter::convert(rust::Vec<std::uint8_t> jpeg, rust::Box<CallToken> token) const {
  const codec::live live;
  co_await rust::async::schedule(pool_);
  if (token->cancelled()) co_return nullptr;
  co_return to_png(jpeg, max_pixels_);
}

FutureKept Converter::convert_and_store(rust::Box<Store> store, rust::String name,
                                        rust::Vec<std::uint8_t> jpeg,
                                        rust::Box<CallToken> token) const {
  const codec::live live;
  const auto turn = co_await turns_.take(std::string(name));
  co_return co_await rust::async::schedule_on(
      pool_, look_convert_keep(*store, name, jpeg, max_pixels_, *token));
}

std::unique_ptr<Converter> new_converter(std::size_t threads, std::uint64_t max_pixels) {
  return std::make_unique<Converter>(threads, max_pixels);
}
