// A pool of one thread, and a bell that tells how the work in it went. Nothing to do here.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

// A number for the thread that calls.
inline std::uint64_t this_thread() {
  return std::hash<std::thread::id>()(std::this_thread::get_id());
}

class Pool {
 public:
  boost::asio::thread_pool& threads() const { return threads_; }

  // Another request is served.
  void ring() const {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    changed_.notify_all();
  }

  // Whether the work has begun; in which thread; and whether the bell rang before it ended.
  bool begun() const { return locked(begun_); }
  std::uint64_t thread() const { return locked(thread_); }
  bool heard() const { return locked(heard_); }

  // Takes until another request is served, so that nothing here depends on how fast the machine is.
  // After some seconds it gives up.
  void work() const {
    std::unique_lock lock(mutex_);
    begun_ = true;
    thread_ = this_thread();
    heard_ = changed_.wait_for(lock, std::chrono::seconds(3), [this] { return rung_; });
  }

 private:
  template <typename T>
  T locked(const T& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable bool begun_ = false;
  mutable bool rung_ = false;
  mutable bool heard_ = false;
  mutable std::uint64_t thread_ = 0;
  mutable boost::asio::thread_pool threads_{1};
};

inline std::unique_ptr<Pool> new_pool() { return std::make_unique<Pool>(); }
