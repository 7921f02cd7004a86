// The crossing to a pool of CppCoro's, as step 3 on CppCoro makes it.
#pragma once

#include <cppcoro/static_thread_pool.hpp>
#include <cstdint>
#include <memory>

#include "bench/cpp/calls.h"

class CppcoroPool {
 public:
  explicit CppcoroPool(std::size_t threads) : threads_(static_cast<std::uint32_t>(threads)) {}
  auto& threads() const { return threads_; }

 private:
  mutable cppcoro::static_thread_pool threads_;
};

std::unique_ptr<CppcoroPool> new_cppcoro_pool(std::size_t threads);

// Goes on in a thread of the pool.
FutureValue on_cppcoro(const CppcoroPool& pool, std::int64_t value);
