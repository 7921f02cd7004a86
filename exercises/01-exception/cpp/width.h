// The C++ side of the bridge: how wide a PNG is.
#pragma once

#include <cstdint>

#include "rust/cxx.h"

// Reads the width in a PNG's header. Throws `std::runtime_error` when it is no PNG, or cut off.
std::uint32_t width(rust::Slice<const std::uint8_t> png);
