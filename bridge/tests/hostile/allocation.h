// Has C++ run out of memory at a chosen moment.
#pragma once

#include <cstdint>

// Has `operator new` throw before which so many succeed, in whatever thread, and once.
void fail_after_allocations(std::int64_t count);
// Back to normal. Whether one has thrown.
bool have_allocations_succeed();
