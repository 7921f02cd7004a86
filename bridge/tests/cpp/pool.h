// What all tests share that knows nothing of a bridge: a pool, a gate, and a count of frames.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <latch>
#include <memory>

#include "rust/cxx.h"

// A pool of threads. Destroyed, it gives up what is queued.
class Pool {
 public:
  using executor_type = boost::asio::thread_pool::executor_type;

  explicit Pool(std::size_t threads) : threads_(threads) {}
  auto get_executor() const { return threads_.get_executor(); }

 private:
  mutable boost::asio::thread_pool threads_;
};

// Holds up whoever passes until it is opened, and counts those who came and those who went on to
// what stands behind it.
class Gate {
 public:
  void pass() const {
    ++arrived_;
    open_.wait();
  }
  void open() const { open_.count_down(); }
  std::int64_t arrived() const noexcept { return arrived_; }
  void go_on() const noexcept { ++gone_on_; }
  std::int64_t gone_on() const noexcept { return gone_on_; }

 private:
  mutable std::latch open_{1};
  mutable std::atomic<std::int64_t> arrived_ = 0;
  mutable std::atomic<std::int64_t> gone_on_ = 0;
};

std::unique_ptr<Pool> new_pool(std::size_t threads);
std::shared_ptr<Gate> new_gate();

// A local of every coroutine here: alive as long as the coroutine's frame.
struct frame {
  frame() { ++alive; }
  frame(const frame&) = delete;
  ~frame() { --alive; }

  inline static std::atomic<std::int64_t> alive = 0;
};

// How many frames are alive.
std::int64_t live_frames();
std::uint64_t thread_id();
void exit_silently();
