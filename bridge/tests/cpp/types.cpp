#include "bridge-tests/cpp/types.h"

#include "bridge-tests/src/types.rs.h"

using rust::async::future;
using rust::async::detail::shape_of;

namespace {

// From Rust, and back to it.
template <typename Future>
Future echo(Future given) {
  co_return co_await std::move(given);
}

}  // namespace

future<void> echo_unit(future<void> given) { co_await std::move(given); }
future<bool> echo_bool(future<bool> given) { return echo(std::move(given)); }
future<std::uint8_t> echo_byte(future<std::uint8_t> given) { return echo(std::move(given)); }
future<std::int64_t> echo_signed(future<std::int64_t> given) { return echo(std::move(given)); }
future<std::size_t> echo_size(future<std::size_t> given) { return echo(std::move(given)); }
future<double> echo_float(future<double> given) { return echo(std::move(given)); }
future<rust::String> echo_text(future<rust::String> given) { return echo(std::move(given)); }
future<rust::Vec<std::uint8_t>> echo_bytes(future<rust::Vec<std::uint8_t>> given) {
  return echo(std::move(given));
}
future<rust::Vec<rust::String>> echo_texts(future<rust::Vec<rust::String>> given) {
  return echo(std::move(given));
}
future<rust::Box<Counter>> echo_box(future<rust::Box<Counter>> given) {
  auto counter = co_await std::move(given);
  counter->next();
  co_return counter;
}
future<std::unique_ptr<std::string>> echo_cpp_text(future<std::unique_ptr<std::string>> given) {
  return echo(std::move(given));
}
future<std::unique_ptr<std::vector<std::uint8_t>>> echo_cpp_bytes(
    future<std::unique_ptr<std::vector<std::uint8_t>>> given) {
  return echo(std::move(given));
}
future<Point> echo_point(future<Point> given) { return echo(std::move(given)); }
future<Colour> echo_colour(future<Colour> given) { return echo(std::move(given)); }
future<rust::Vec<Point>> echo_points(future<rust::Vec<Point>> given) {
  return echo(std::move(given));
}

future<rust::Box<Counter>> gives_what_is_left_of_a_box(future<rust::Box<Counter>> given) {
  auto counter = co_await std::move(given);
  const auto taken = std::move(counter);
  co_return counter;
}

future<rust::Box<Counter>> counter() { co_return new_counter(); }
rust::async::stream<rust::Box<Counter>, 4> counters() {
  for (int times = 3; times > 0; --times) co_yield new_counter();
}

FutureFloat echo_named(FutureFloat given) { return echo(std::move(given)); }
rust::String disagreement_of_float_and_text() {
  return disagreement(FutureFloat::in_rust(), "FutureFloat", false, shape_of<rust::String>);
}
rust::String disagreement_of_float_and_float() {
  return disagreement(FutureFloat::in_rust(), "FutureFloat", false, shape_of<double>);
}
void start_with_float_for_text() {
  agree(FutureFloat::in_rust(), "FutureFloat", false, shape_of<rust::String>);
}
