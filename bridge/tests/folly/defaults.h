// What belongs to the whole process in Folly: its timer, and its executors.
#pragma once

#include <cstdint>

#include "bridge-tests/cpp/calls.h"
#include "rust/co_await_folly.h"

// What a `main` of C++ does by `folly::Init`.
void complete_folly_registration();

FutureInt sleeps_by_default();
// A time limit by the timer of the process, of an hour and of no time.
FutureInt times_out_by_default(FutureInt in_time, FutureInt too_late);
// Threads of the executors of the process: whether they are others than that of the caller.
FutureInt goes_to_global_executors();
