#pragma once

#include "bridge-tests/hostile/allocation.h"
#include "bridge-tests/hostile/key_given_up_twice.h"
#include "bridge-tests/hostile/numbers.h"

// A call of each kind that comes to 1, or to the sum of a stream.
FutureNumber one_at_once();
FutureNumber one_in(const Pool& pool);
FutureNumber one_run_in(const Pool& pool);
FutureNumber one_of(FutureNumber one);
FutureNumber one_of_in(const Pool& pool, FutureNumber one);
FutureNumber sum_of(StreamNumber numbers);
FutureNumber sum_of_in(const Pool& pool, StreamNumber numbers);
// 1, so many times.
StreamNumber ones(std::int64_t times);
StreamNumber ones_in(const Pool& pool, std::int64_t times);
// Whether `schedule_on` asks Asio for a strand each time, as it does from Boost 1.77 on.
bool schedule_on_makes_a_strand();
