#include "exercise-08-dropped/cpp/convert.h"

// > given, detached
// > solution, one-turn
#include "rust/co_await_asio.h"

// > end
FutureSum convert(const Pool& pool, rust::Vec<std::uint8_t> picture) {
  std::uint64_t sum = 0;
  // > given, detached
  // | co_await pool.turn();
  // > one-turn
  // | co_await rust::async::schedule(pool.threads());
  // > solution
  // > end
  for (const std::uint8_t byte : picture) {
    // > given, detached, one-turn
    // > solution
    co_await rust::async::schedule(pool.threads());
    // > end
    pool.part();
    sum += byte;
  }
  // > given, detached
  // | co_return std::move(sum);
  // > solution, one-turn
  co_return sum;
  // > end
}
