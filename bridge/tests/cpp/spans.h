// C++ that has Rust note, on its way, in which span of `tracing` it is.
#pragma once

#include "bridge-tests/cpp/calls.h"
#include "rust/cxx.h"

// Where it is called, in the pool, in an awaitable there, and after it has awaited a Rust future
// that it makes. Gives the number of the span.
FutureInt notes_on_the_way(const Pool& pool);
