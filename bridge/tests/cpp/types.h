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

CXXASYNC_DEFINE_FUTURE(void, FutureUnit);
CXXASYNC_DEFINE_FUTURE(bool, FutureBool);
CXXASYNC_DEFINE_FUTURE(std::uint8_t, FutureByte);
CXXASYNC_DEFINE_FUTURE(std::int64_t, FutureSigned);
CXXASYNC_DEFINE_FUTURE(std::size_t, FutureSize);
CXXASYNC_DEFINE_FUTURE(double, FutureFloat);
CXXASYNC_DEFINE_FUTURE(rust::String, FutureRustText);
CXXASYNC_DEFINE_FUTURE(rust::Vec<std::uint8_t>, FutureBytes);
CXXASYNC_DEFINE_FUTURE(rust::Vec<rust::String>, FutureTexts);
CXXASYNC_DEFINE_FUTURE(rust::Box<Counter>, FutureBox);
CXXASYNC_DEFINE_FUTURE(std::unique_ptr<std::string>, FutureCppText);
CXXASYNC_DEFINE_FUTURE(std::unique_ptr<std::vector<std::uint8_t>>, FutureCppBytes);
CXXASYNC_DEFINE_FUTURE(Point, FuturePoint);
CXXASYNC_DEFINE_FUTURE(Colour, FutureColour);
CXXASYNC_DEFINE_FUTURE(rust::Vec<Point>, FuturePoints);

FutureUnit echo_unit(FutureUnit given);
FutureBool echo_bool(FutureBool given);
FutureByte echo_byte(FutureByte given);
FutureSigned echo_signed(FutureSigned given);
FutureSize echo_size(FutureSize given);
FutureFloat echo_float(FutureFloat given);
FutureRustText echo_text(FutureRustText given);
FutureBytes echo_bytes(FutureBytes given);
FutureTexts echo_texts(FutureTexts given);
FutureBox echo_box(FutureBox given);
FutureBox gives_what_is_left_of_a_box(FutureBox given);
FutureCppText echo_cpp_text(FutureCppText given);
FutureCppBytes echo_cpp_bytes(FutureCppBytes given);
FuturePoint echo_point(FuturePoint given);
FutureColour echo_colour(FutureColour given);
FuturePoints echo_points(FuturePoints given);

inline std::unique_ptr<std::string> a_text_of_cpp() {
  return std::make_unique<std::string>("of C++");
}

// What would be said of `FutureFloat`, were it a text in C++; and of it as it is.
rust::String disagreement_of_float_and_text();
rust::String disagreement_of_float_and_float();
// What happens at the start of a program with that.
void start_with_float_for_text();
