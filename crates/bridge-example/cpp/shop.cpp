#include "bridge-example/cpp/shop.h"

#include "bridge-example/src/main.rs.h"
#include "rust/co_await_asio.h"

// Goes to the pool, and comes back there after each price that Rust has looked up.
FuturePrice Shop::total(rust::Vec<rust::String> basket) const {
  co_await rust::async::schedule(threads_);
  double sum = 0;
  for (const auto& article : basket) sum += co_await price(article);
  co_return sum;
}

std::unique_ptr<Shop> new_shop(std::size_t threads) { return std::make_unique<Shop>(threads); }
