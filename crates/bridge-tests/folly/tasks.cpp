#include <unistd.h>

#include <stdexcept>

#include "bridge-tests/src/folly.rs.h"
#if __has_include(<folly/experimental/coro/Task.h>)
#include "rust/cxx_async_folly.h"
#define CXX_ASYNC_KNOWS_THIS_FOLLY
#endif

std::unique_ptr<FollyPool> new_folly_pool() { return std::make_unique<FollyPool>(); }

#ifdef CXX_ASYNC_KNOWS_THIS_FOLLY

namespace {

std::uint64_t this_thread() { return static_cast<std::uint64_t>(gettid()); }

// The threads that a task begins in, and goes on in after it has waited for its executor.
folly::coro::Task<Threads> threads_of_task() {
  auto threads = std::make_unique<std::vector<std::uint64_t>>();
  threads->push_back(this_thread());
  co_await folly::coro::co_reschedule_on_current_executor;
  threads->push_back(this_thread());
  co_return threads;
}

folly::coro::Task<Threads> threads_around_await(FutureInt future) {
  auto threads = std::make_unique<std::vector<std::uint64_t>>();
  threads->push_back(this_thread());
  co_await std::move(future);
  threads->push_back(this_thread());
  co_return threads;
}

}  // namespace

bool cxx_async_knows_this_folly() { return true; }

FutureThreads threads_of_bare_task(rust::Box<cxx_async_tokio::CallToken>) {
  auto threads = co_await threads_of_task();
  threads->push_back(this_thread());
  co_return std::move(threads);
}

FutureThreads threads_of_task_on_pool(const FollyPool& pool,
                                      rust::Box<cxx_async_tokio::CallToken>) {
  auto threads = co_await threads_of_task().scheduleOn(pool.executor());
  threads->push_back(this_thread());
  co_return std::move(threads);
}

FutureThreads threads_of_task_that_awaits(const FollyPool& pool, FutureInt future,
                                          rust::Box<cxx_async_tokio::CallToken>) {
  co_return co_await threads_around_await(std::move(future)).scheduleOn(pool.executor());
}

#else

bool cxx_async_knows_this_folly() { return false; }

FutureThreads threads_of_bare_task(rust::Box<cxx_async_tokio::CallToken>) {
  throw std::logic_error("cxx-async's header does not know this Folly");
  co_return nullptr;
}

FutureThreads threads_of_task_on_pool(const FollyPool&,
                                      rust::Box<cxx_async_tokio::CallToken> token) {
  return threads_of_bare_task(std::move(token));
}

FutureThreads threads_of_task_that_awaits(const FollyPool&, FutureInt,
                                          rust::Box<cxx_async_tokio::CallToken> token) {
  return threads_of_bare_task(std::move(token));
}

#endif
