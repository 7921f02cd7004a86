#pragma once

#include "bridge-tests/hostile/numbers.h"

FutureNumber waits_for(FutureNumber future);
FutureNumber waits_in(const Pool& pool, FutureNumber future);
StreamNumber waits_for_items(StreamNumber stream);
