#include "bridge-example/cpp/shop.h"

#include <boost/asio/thread_pool.hpp>

#include "bridge-example/src/main.rs.h"
#include "rust/cxx_async_asio.h"

namespace asio = boost::asio;
using rust::async::async_await;
using rust::async::schedule_on;

// Awaits Rust, and after each price goes on in the pool.
asio::awaitable<double> add_up(rust::Vec<rust::String> basket) {
  double sum = 0;
  for (const auto& article : basket) sum += co_await async_await(price(article));
  co_return sum;
}

// Awaited by Rust. The token is not looked at: the shop is quick.
FuturePrice total(rust::Vec<rust::String> basket, rust::Box<cxx_async_tokio::CallToken>) {
  static asio::thread_pool pool(2);
  co_return co_await schedule_on(pool, add_up(std::move(basket)));
}
