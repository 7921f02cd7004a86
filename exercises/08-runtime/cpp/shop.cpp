#include "exercise-08-runtime/cpp/shop.h"

#include <utility>

#include "exercise-08-runtime/src/lib.rs.h"
#include "rust/cxx_async_asio.h"

namespace {

boost::asio::awaitable<double> add_up(rust::String article) {
  const double price_of_one = co_await rust::async::async_await(price(article));
  co_return 2 * price_of_one;
}

}  // namespace

FuturePrice Shop::two_of(rust::String article, rust::Box<cxx_async_tokio::CallToken>) const {
  co_return co_await rust::async::schedule_on(threads_, add_up(std::move(article)));
}
