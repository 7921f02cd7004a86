#include "bridge-tests/cpp/odd.h"

#include "bridge-tests/src/odd.rs.h"
#include "bridge-tests/src/odd/other.rs.h"

namespace odd::first {

rust::async::future<Pair> Odd::go() const { co_return Pair{1}; }
rust::async::future<std::uint8_t> Odd::object() const { co_return std::uint8_t{2}; }
rust::async::future<std::uint8_t> Odd::keep(std::uint8_t object, std::uint8_t owner) const {
  co_return static_cast<std::uint8_t>(object + owner);
}
rust::async::future<std::uint8_t> Odd::poll(std::uint8_t self, std::uint8_t begin) const {
  co_return static_cast<std::uint8_t>(self * begin);
}

rust::async::future<std::uint8_t> asks_who_panics(rust::Box<Panics> panics) {
  co_return co_await panics->never();
}
rust::async::future<std::uint8_t> asks_who_waits(rust::Box<Entered> entered) {
  co_return co_await entered->waits();
}

}  // namespace odd::first

namespace odd::second {

rust::async::future<Pair> pair() { co_return Pair{"one", 2}; }
rust::async::stream<rust::Vec<Pair>> pairs() {
  rust::Vec<Pair> two;
  two.push_back(Pair{"three", 4});
  two.push_back(Pair{"five", 6});
  co_yield two;
}

}  // namespace odd::second
