// Counts what is allocated: with malloc and its like, by Rust and C++ alike.
#pragma once

#include <cstdint>

// How often memory was asked for so far, and how many of those pieces are there still. Both stay
// zero under a sanitizer, which has a malloc of its own.
std::int64_t allocations();
std::int64_t allocated();
