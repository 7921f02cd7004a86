#pragma once

#include <memory>

#include "bridge-tests/hostile/numbers.h"

// Each holds the last reference to what it runs on, and goes on there once the gate is open: to its
// end; until Rust drops it; until it throws; with an io_context.
FutureNumber owns_its_pool(std::shared_ptr<Gate> gate);
FutureNumber owns_its_pool_and_awaits(std::shared_ptr<Gate> gate, FutureNumber future);
FutureNumber owns_its_pool_and_throws(std::shared_ptr<Gate> gate);
FutureNumber owns_its_context(std::shared_ptr<Gate> gate);
