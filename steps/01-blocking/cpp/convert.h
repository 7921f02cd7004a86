// The C++ side of the bridge: one function that takes its time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "rust/cxx.h"

// Throws `codec::error`, which arrives in Rust as an `Err`.
std::unique_ptr<std::vector<std::uint8_t>> convert(rust::Slice<const std::uint8_t> jpeg,
                                                   std::uint64_t max_pixels);
