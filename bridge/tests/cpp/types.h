// What may be the output of a future, in C++'s spellings; `src/types.rs` has Rust's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rust/co_await.h"
#include "rust/cxx.h"

struct Counter;
struct Point;
enum class Colour : std::uint8_t;

rust::async::future<void> echo_unit(rust::async::future<void> given);
rust::async::future<bool> echo_bool(rust::async::future<bool> given);
rust::async::future<std::uint8_t> echo_byte(rust::async::future<std::uint8_t> given);
rust::async::future<std::int64_t> echo_signed(rust::async::future<std::int64_t> given);
rust::async::future<std::size_t> echo_size(rust::async::future<std::size_t> given);
rust::async::future<double> echo_float(rust::async::future<double> given);
rust::async::future<rust::String> echo_text(rust::async::future<rust::String> given);
rust::async::future<rust::Vec<std::uint8_t>> echo_bytes(
    rust::async::future<rust::Vec<std::uint8_t>> given);
rust::async::future<rust::Vec<rust::String>> echo_texts(
    rust::async::future<rust::Vec<rust::String>> given);
rust::async::future<rust::Box<Counter>> echo_box(rust::async::future<rust::Box<Counter>> given);
rust::async::future<std::unique_ptr<std::string>> echo_cpp_text(
    rust::async::future<std::unique_ptr<std::string>> given);
rust::async::future<std::unique_ptr<std::vector<std::uint8_t>>> echo_cpp_bytes(
    rust::async::future<std::unique_ptr<std::vector<std::uint8_t>>> given);
rust::async::future<Point> echo_point(rust::async::future<Point> given);
rust::async::future<Colour> echo_colour(rust::async::future<Colour> given);
rust::async::future<rust::Vec<Point>> echo_points(rust::async::future<rust::Vec<Point>> given);

rust::async::future<rust::Box<Counter>> gives_what_is_left_of_a_box(
    rust::async::future<rust::Box<Counter>> given);

rust::async::future<rust::Box<Counter>> counter();
rust::async::stream<rust::Box<Counter>, 4> counters();

inline std::unique_ptr<std::string> a_text_of_cpp() {
  return std::make_unique<std::string>("of C++");
}

// A future with a name, as cxx-async has them.
CXXASYNC_DEFINE_FUTURE(double, FutureFloat);

FutureFloat echo_named(FutureFloat given);
// What would be said of `FutureFloat`, were it a text in C++; and of it as it is.
rust::String disagreement_of_float_and_text();
rust::String disagreement_of_float_and_float();
// What happens at the start of a program with that.
void start_with_float_for_text();
