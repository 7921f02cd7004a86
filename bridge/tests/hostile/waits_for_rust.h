#pragma once

#include "bridge-tests/hostile/numbers.h"

struct Heard;

CXXASYNC_DEFINE_FUTURE(void, FutureNothing);

// A program that C++ owns waits in its thread: for a value, for nothing, for all of a stream.
std::int64_t blocks_on(FutureNumber future);
void blocks_on_nothing(FutureNothing future);
std::int64_t blocks_on_all(StreamNumber stream);
// Or has a function called.
void starts(FutureNumber future, rust::Box<Heard> heard);
void starts_nothing(FutureNothing future, rust::Box<Heard> heard);

// What goes to no executor, and what goes to one.
FutureNumber plus_one(FutureNumber future);
FutureNumber plus_one_in(const Pool& pool, FutureNumber future);
FutureNothing nothing_after(FutureNumber future);
StreamNumber plus_one_each(StreamNumber stream);
