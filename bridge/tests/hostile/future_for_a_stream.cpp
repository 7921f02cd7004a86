#include "bridge-tests/hostile/future_for_a_stream.h"

#include <utility>

#include "bridge-tests/hostile/future_for_a_stream.rs.h"

namespace {

FutureOfOneKind one(FutureOfOneKind future) { co_return co_await std::move(future); }

StreamOfOneKind all(StreamOfOneKind stream) {
  while (const auto item = co_await stream.next()) co_yield *item;
}

FutureOfOneKind nothing() { co_return 0; }
StreamOfOneKind none() { co_return; }

}  // namespace

void uses_them() {
  const auto future = one(nothing());
  const auto stream = all(none());
}
