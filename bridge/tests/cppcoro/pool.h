// CppCoro's pool and tasks, for coroutines that Rust awaits.
#pragma once

#include <cppcoro/static_thread_pool.hpp>
#include <cstdint>
#include <memory>

#include "bridge-tests/cpp/calls.h"
#include "rust/co_await_cppcoro.h"
#include "rust/cxx.h"

class CppcoroPool {
 public:
  explicit CppcoroPool(std::size_t threads) : threads_(static_cast<std::uint32_t>(threads)) {}
  cppcoro::static_thread_pool& threads() const { return threads_; }

 private:
  mutable cppcoro::static_thread_pool threads_;
};

std::unique_ptr<CppcoroPool> new_cppcoro_pool(std::size_t threads);

FutureInt scheduled_on_cppcoro(const CppcoroPool& pool, std::int64_t value);
// Awaits Rust in the pool, and tells whether it came back to the thread that it was in.
FutureInt awaits_rust_on_cppcoro(const CppcoroPool& pool, FutureInt future);
// Waits in a task of CppCoro's until that is cancelled.
FutureInt waits_for_cancellation(const CppcoroPool& pool);
// Awaits a task of CppCoro's that goes to the pool by itself.
FutureInt awaits_cppcoro_task(const CppcoroPool& pool, std::int64_t value);
