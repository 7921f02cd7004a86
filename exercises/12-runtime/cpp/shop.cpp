#include "exercise-12-runtime/cpp/shop.h"

#include "exercise-12-runtime/src/lib.rs.h"
#include "rust/co_await_asio.h"

FuturePrice Shop::two_of(rust::String article) const {
  co_await rust::async::schedule(threads_);
  const double price_of_one = co_await price(article);
  co_return 2 * price_of_one;
}
