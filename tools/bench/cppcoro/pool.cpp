#include "bench/cppcoro/pool.h"

#include "bench/src/crossing/cppcoro.rs.h"
#include "rust/co_await_cppcoro.h"

std::unique_ptr<CppcoroPool> new_cppcoro_pool(std::size_t threads) {
  return std::make_unique<CppcoroPool>(threads);
}

FutureValue on_cppcoro(const CppcoroPool& pool, std::int64_t value) {
  co_await rust::async::schedule(pool.threads());
  co_return plain(value);
}
