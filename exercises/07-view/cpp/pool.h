// A pool of one thread that the tests can keep busy. Nothing to do here.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <semaphore>

class Pool {
 public:
  boost::asio::thread_pool& threads() const { return threads_; }

  // Keeps the thread busy until `release`.
  void hold() const {
    boost::asio::post(threads_, [this] { gate_.acquire(); });
  }
  void release() const { gate_.release(); }

  // From now on work that has begun stops at its first step, until `release`.
  void slow_down() const { slow_ = true; }
  bool begun() const { return begun_; }
  void begin() const {
    begun_ = true;
    if (slow_) (void)gate_.try_acquire_for(std::chrono::seconds(3));
  }

  // Returns when all that was begun has ended.
  void settle() const {
    std::promise<void> done;
    boost::asio::post(threads_, [&done] { done.set_value(); });
    done.get_future().wait();
  }

 private:
  mutable std::atomic<bool> slow_ = false;
  mutable std::atomic<bool> begun_ = false;
  mutable std::binary_semaphore gate_{0};
  mutable boost::asio::thread_pool threads_{1};
};

inline std::unique_ptr<Pool> new_pool() { return std::make_unique<Pool>(); }
