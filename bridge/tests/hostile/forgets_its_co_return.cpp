#include "bridge-tests/hostile/forgets_its_co_return.h"

#include <utility>

#include "bridge-tests/hostile/forgets_its_co_return.rs.h"

FutureNumber forgets(FutureNumber future) { co_await std::move(future); }

FutureNumber forgets_unless(bool remembers) {
  if (remembers) co_return 1;
}
