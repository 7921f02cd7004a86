#pragma once

#include "bridge-tests/hostile/numbers.h"

// Waits for the future, and comes to its end without a number.
FutureNumber forgets(FutureNumber future);
// The same where it gives one if it is told to.
FutureNumber forgets_unless(bool remembers);
