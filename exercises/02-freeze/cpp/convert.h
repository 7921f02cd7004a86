// The C++ side of the bridge: a function that takes its time. Nothing to do here.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "rust/cxx.h"

// A number for the thread that calls.
inline std::uint64_t this_thread() {
  return std::hash<std::thread::id>()(std::this_thread::get_id());
}

// Lets a conversion take until another request is served, so that nothing here depends on how fast
// the machine is. After some seconds it gives up.
class Bell {
 public:
  // Another request is served.
  void ring() const {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    changed_.notify_all();
  }

  // Whether a conversion has begun; in which thread; and whether the bell rang before it ended.
  bool begun() const { return locked(begun_); }
  std::uint64_t thread() const { return locked(thread_); }
  bool heard() const { return locked(heard_); }

  void wait() const {
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
};

inline std::unique_ptr<Bell> new_bell() { return std::make_unique<Bell>(); }

// Adds up the bytes of a picture, slowly.
std::uint64_t convert(const Bell& bell, rust::Slice<const std::uint8_t> picture);
