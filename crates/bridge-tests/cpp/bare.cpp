#include "bridge-tests/cpp/bare.h"

#include <stdexcept>

#include "bridge-tests/cpp/yield.h"

FutureBare throws_bare(bool an_int) {
  if (an_int) throw 42;
  throw std::runtime_error("out of cheese");
  co_return 0;
}

FutureBare awaits_bare(FutureBare future) { co_return co_await std::move(future); }

bool bare_co_yield_writes_late() { return writes_after_handing_out_its_waker(); }
