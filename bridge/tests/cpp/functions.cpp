#include "bridge-tests/cpp/functions.h"

#include <stdexcept>

#include "bridge-tests/src/functions.rs.h"
#include "rust/co_await_asio.h"

namespace shop::counter {

using rust::async::future;
using rust::async::schedule;
using rust::async::stream;

future<rust::String> Shop::greet(rust::String name) const {
  co_await schedule(threads_);
  co_return "hello, " + std::string(name);
}

stream<Order, 8> Shop::orders(std::uint32_t most) const {
  co_await schedule(threads_);
  for (std::uint32_t pieces = 1; pieces <= most; ++pieces) co_yield Order{"pear", pieces};
}

future<rust::Vec<Size>> Shop::sizes() const {
  co_await schedule(threads_);
  rust::Vec<Size> sizes;
  sizes.push_back(Size::Large);
  co_return sizes;
}

future<std::unique_ptr<std::vector<std::string>>> Shop::texts() const {
  co_await schedule(threads_);
  co_return std::make_unique<std::vector<std::string>>(2, "text");
}

future<void> Shop::nothing() const { co_await schedule(threads_); }

future<std::int32_t> Shop::refuses() const { throw std::runtime_error("closed today"); }

future<std::int32_t> Shop::fails() const {
  co_await schedule(threads_);
  throw std::runtime_error("the till is empty");
}

future<std::int64_t> Shop::twice(future<std::int64_t> number) const {
  co_await schedule(threads_);
  co_return 2 * co_await std::move(number);
}

future<std::int64_t> Shop::sum(stream<std::int64_t> numbers) const {
  co_await schedule(threads_);
  std::int64_t sum = 0;
  while (const auto number = co_await numbers.next()) sum += *number;
  co_return sum;
}

future<std::int64_t> Till::waits(future<std::int64_t> number) const {
  co_await schedule(threads_);
  co_return co_await std::move(number);
}

future<std::int64_t> Till::waits_too_early(future<std::int64_t> number) const {
  const auto value = co_await std::move(number);
  co_await schedule(threads_);
  co_return value;
}

future<rust::Vec<rust::String>> asks(rust::Box<Stock> stock, rust::String what) {
  rust::Vec<rust::String> said;
  const auto say = [&](const std::string& line) { said.push_back(line); };
  say(std::to_string(co_await stock->pieces(what)));
  say(std::to_string(co_await stock->pieces_within(what)));
  for (const auto size : co_await stock->sizes(what)) {
    say(std::to_string(static_cast<int>(size)));
  }
  auto orders = stock->orders(2);
  try {
    while (const auto order = co_await orders.next()) {
      say(std::string(order->what) + " " + std::to_string(order->pieces));
    }
  } catch (const rust::async::Error& error) {
    say(error.what());
  }
  const auto before = stock->count();
  auto asked = stock->asked();
  say(stock->count() == before + 1 ? "at once" : "later");
  say(std::to_string(co_await std::move(asked)));
  say(std::to_string(co_await priceOf(Order{"apple", 4})));
  co_await nothing();
  try {
    co_await priceOf(Order{"pear", 0});
  } catch (const rust::async::Error& error) {
    say(error.what());
  }
  co_return said;
}

future<rust::Box<Stock>> identity(rust::Box<Stock> stock) { co_return stock; }

}  // namespace shop::counter
