// Folly's tasks, awaited through the header that cxx-async has for them.
#pragma once

#include <folly/executors/CPUThreadPoolExecutor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "bridge-tests/cpp/calls.h"
#include "rust/cxx.h"
#include "rust/cxx_async_tokio.h"

using Threads = std::unique_ptr<std::vector<std::uint64_t>>;
CXXASYNC_DEFINE_FUTURE(Threads, FutureThreads);

class FollyPool {
 public:
  folly::Executor::KeepAlive<> executor() const { return folly::getKeepAliveToken(threads_); }

 private:
  mutable folly::CPUThreadPoolExecutor threads_{1};
};

std::unique_ptr<FollyPool> new_folly_pool();

// Whether this Folly is one that cxx-async's header knows: it includes folly/experimental/coro,
// which later ones do not have any more.
bool cxx_async_knows_this_folly();

// Three threads: the one that a Folly task begins in, the one that it goes on in after a
// suspension, and the one in which its caller goes on; with the task awaited as it is, and put on a
// pool.
FutureThreads threads_of_bare_task(rust::Box<cxx_async_tokio::CallToken> token);
FutureThreads threads_of_task_on_pool(const FollyPool& pool,
                                      rust::Box<cxx_async_tokio::CallToken> token);

// Two threads: of a task on the pool, before and after it awaits Rust.
FutureThreads threads_of_task_that_awaits(const FollyPool& pool, FutureInt future,
                                          rust::Box<cxx_async_tokio::CallToken> token);
