#include "recordings/cpp/scenes.h"

#include <utility>

using rust::async::schedule;

namespace recordings {

FutureNumber computes(const Pool& pool) {
  co_await schedule(pool);
  co_return work();
}

FutureNumber awaits(const Pool& pool, FutureNumber number) {
  co_await schedule(pool);
  const auto value = co_await std::move(number);
  co_return work(value);
}

FutureNumber awaits_here(FutureNumber number) {
  const auto value = co_await std::move(number);
  co_return work(value);
}

StreamNumber counts(const Pool& pool) {
  co_await schedule(pool);
  for (std::int64_t number = 0;; ++number) {
    co_yield number;
  }
}

}  // namespace recordings
