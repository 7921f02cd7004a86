#include "bridge-tests/cpp/types.h"

#include "bridge-tests/src/types.rs.h"

using rust::async::detail::shape_of;

namespace {

// From Rust, and back to it.
template <typename Future>
Future echo(Future given) {
  co_return co_await std::move(given);
}

}  // namespace

FutureUnit echo_unit(FutureUnit given) { co_await std::move(given); }
FutureBool echo_bool(FutureBool given) { return echo(std::move(given)); }
FutureByte echo_byte(FutureByte given) { return echo(std::move(given)); }
FutureSigned echo_signed(FutureSigned given) { return echo(std::move(given)); }
FutureSize echo_size(FutureSize given) { return echo(std::move(given)); }
FutureFloat echo_float(FutureFloat given) { return echo(std::move(given)); }
FutureRustText echo_text(FutureRustText given) { return echo(std::move(given)); }
FutureBytes echo_bytes(FutureBytes given) { return echo(std::move(given)); }
FutureTexts echo_texts(FutureTexts given) { return echo(std::move(given)); }
FutureBox echo_box(FutureBox given) {
  auto counter = co_await std::move(given);
  counter->next();
  co_return counter;
}
FutureBox gives_what_is_left_of_a_box(FutureBox given) {
  auto counter = co_await std::move(given);
  const auto taken = std::move(counter);
  co_return counter;
}
FutureCppText echo_cpp_text(FutureCppText given) { return echo(std::move(given)); }
FutureCppBytes echo_cpp_bytes(FutureCppBytes given) { return echo(std::move(given)); }
FuturePoint echo_point(FuturePoint given) { return echo(std::move(given)); }
FutureColour echo_colour(FutureColour given) { return echo(std::move(given)); }
FuturePoints echo_points(FuturePoints given) { return echo(std::move(given)); }

rust::String disagreement_of_float_and_text() {
  return disagreement(FutureFloat::in_rust(), "FutureFloat", false, shape_of<rust::String>);
}
rust::String disagreement_of_float_and_float() {
  return disagreement(FutureFloat::in_rust(), "FutureFloat", false, shape_of<double>);
}
void start_with_float_for_text() {
  agree(FutureFloat::in_rust(), "FutureFloat", false, shape_of<rust::String>);
}
