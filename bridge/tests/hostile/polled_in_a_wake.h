#pragma once

#include "bridge-tests/hostile/numbers.h"

struct Seen;

// A coroutine of another kind awaits Rust, and tells Rust what came of it: -1 is an error.
void stranger_sees(FutureNumber future, rust::Box<Seen> seen);
// The sum of what it reads.
void stranger_sees_all(StreamNumber stream, rust::Box<Seen> seen);
