#include "step-04-rust-from-cpp/cpp/converter.h"

#include "codec/cpp/codec.h"
#include "codec/cpp/live.h"
#include "rust/co_await_asio.h"
#include "step-04-rust-from-cpp/src/lib.rs.h"

static Png to_png(const rust::Vec<std::uint8_t>& jpeg, std::uint64_t max_pixels) {
  return std::make_unique<std::vector<std::uint8_t>>(
      codec::jpeg_to_png({jpeg.data(), jpeg.size()}, {max_pixels}));
}

rust::async::future<Png> Converter::convert(rust::Vec<std::uint8_t> jpeg) const {
  const codec::live live;
  co_await rust::async::schedule(pool_);
  co_return to_png(jpeg, max_pixels_);
}

// Rust runs in threads of its own; after each co_await of it this goes on in the pool.
rust::async::future<Kept> Converter::convert_and_store(rust::Box<Store> store, rust::String name,
                                                       rust::Vec<std::uint8_t> jpeg) const {
  const codec::live live;
  co_await rust::async::schedule(pool_);
  const auto lock = co_await names_.lock(std::string(name));
  auto etag = co_await store->head(name);
  if (!etag.empty()) co_return Kept{false, etag};
  etag = co_await store->put(name, to_png(jpeg, max_pixels_));
  if (!etag.empty()) co_return Kept{true, etag};
  // Another server with the same store was quicker: what it kept is never replaced.
  co_return Kept{false, co_await store->head(name)};
}
