#pragma once

#include <cstddef>

#include "bridge-tests/hostile/numbers.h"

// Awaits every other one, from the first on, and adds them up.
FutureNumber sums_every_other(rust::Vec<FutureNumber> futures);
// Awaits this one, and leaves the others.
FutureNumber takes_out_of(rust::Vec<FutureNumber>& futures, std::size_t index);
FutureNumber takes(FutureNumber& future);
StreamNumber takes_stream(StreamNumber& stream);
// Waits for the next item of a stream that stays Rust's.
FutureNumber reads_one(StreamNumber& stream);
// What is left of a future, and of a stream, that C++ has moved away: returned, and given to Rust.
FutureNumber returns_what_is_left(FutureNumber future);
StreamNumber returns_what_is_left_of_stream(StreamNumber stream);
void gives_rust_what_is_left(FutureNumber future);
FutureNumber awaits_number(FutureNumber future);
