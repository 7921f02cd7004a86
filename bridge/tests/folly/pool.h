// A pool and a timer of Folly's.
#pragma once

#include <folly/executors/CPUThreadPoolExecutor.h>
#include <folly/executors/task_queue/LifoSemMPMCQueue.h>
#include <folly/futures/ThreadWheelTimekeeper.h>

#include <cstddef>
#include <memory>

// Destroyed, it waits for all that holds on to it.
class FollyPool {
 public:
  explicit FollyPool(std::size_t threads) : threads_(threads) {}
  // Throws what does not fit into its queue.
  FollyPool(std::size_t threads, std::size_t room)
      : threads_(threads, std::make_unique<queue>(room)) {}
  folly::Executor& executor() const { return threads_; }
  folly::Timekeeper& timer() const { return timer_; }

 private:
  using queue = folly::LifoSemMPMCQueue<folly::CPUThreadPoolExecutor::CPUTask,
                                        folly::QueueBehaviorIfFull::THROW>;

  mutable folly::ThreadWheelTimekeeper timer_;
  mutable folly::CPUThreadPoolExecutor threads_;
};

std::unique_ptr<FollyPool> new_folly_pool(std::size_t threads);
