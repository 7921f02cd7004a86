// Coroutines as an `async fn` of Rust has them; `src/functions.rs` is the other half.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rust/co_await.h"
#include "rust/cxx.h"

namespace shop::counter {

struct Order;
enum class Size : std::uint16_t;
struct Stock;

class Shop {
 public:
  explicit Shop(std::size_t threads) : threads_(threads) {}

  rust::String name() const { return "the shop"; }
  rust::async::future<rust::String> greet(rust::String name) const;
  rust::async::stream<Order, 8> orders(std::uint32_t most) const;
  rust::async::future<rust::Vec<Size>> sizes() const;
  rust::async::future<std::unique_ptr<std::vector<std::string>>> texts() const;
  rust::async::future<void> nothing() const;
  rust::async::future<std::int32_t> refuses() const;
  rust::async::future<std::int32_t> fails() const;
  rust::async::future<std::int64_t> twice(rust::async::future<std::int64_t> number) const;
  rust::async::future<std::int64_t> sum(rust::async::stream<std::int64_t> numbers) const;

 private:
  mutable boost::asio::thread_pool threads_;
};

// Ends its calls when it is destroyed.
class Till {
 public:
  rust::async::future<std::int64_t> waits(rust::async::future<std::int64_t> number) const;
  rust::async::future<std::int64_t> waits_too_early(rust::async::future<std::int64_t> number) const;

 private:
  mutable boost::asio::thread_pool threads_{1};
};

inline std::unique_ptr<Till> new_till() { return std::make_unique<Till>(); }
inline std::unique_ptr<Shop> new_shop(std::size_t threads) {
  return std::make_unique<Shop>(threads);
}
inline std::shared_ptr<Shop> shared_shop(std::size_t threads) {
  return std::make_shared<Shop>(threads);
}

rust::async::future<rust::Vec<rust::String>> asks(rust::Box<Stock> stock, rust::String what);
rust::async::future<rust::Box<Stock>> identity(rust::Box<Stock> stock);

}  // namespace shop::counter
