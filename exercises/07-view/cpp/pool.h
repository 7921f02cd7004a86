// A pool of one thread that the tests can keep busy. Nothing to do here.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>

class Pool {
 public:
  // The pool, for as long as `co_await schedule(pool.threads())` takes: this goes as soon as the
  // coroutine has come to the thread, before it does anything else there.
  class Threads {
   public:
    explicit Threads(const Pool& pool) : pool_(pool) {}
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;
    ~Threads() { pool_.come(); }
    auto get_executor() const { return pool_.threads_.get_executor(); }

   private:
    const Pool& pool_;
  };
  Threads threads() const { return Threads(*this); }

  // Keeps the thread busy until `release`.
  void hold() const {
    boost::asio::post(threads_, [this] { stand(); });
  }
  // From now on work that comes to the thread stands there until `release`, before its first step.
  void slow_down() const { locked(is_slow_, true); }
  void release() const { locked(is_released_, true); }

  // Returns when work stands in the thread, or when there is none; tells which. After some seconds
  // work that stands gives up, and goes on.
  bool wait_for_work() const {
    boost::asio::post(threads_, [this] { locked(is_idle_, true); });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stands_ || is_idle_; });
    return stands_;
  }
  bool stands() const {
    const std::lock_guard lock(mutex_);
    return stands_;
  }

  // Returns when all that was begun has ended.
  void settle() const {
    std::promise<void> done;
    boost::asio::post(threads_, [&done] { done.set_value(); });
    done.get_future().wait();
  }

 private:
  void come() const {
    const bool is_in_the_thread = threads_.get_executor().running_in_this_thread();
    if (is_in_the_thread && is_slow_) stand();
  }
  void stand() const {
    std::unique_lock lock(mutex_);
    stands_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::seconds(5), [this] { return is_released_; });
    stands_ = false;
  }
  void locked(bool& value, bool now) const {
    const std::lock_guard lock(mutex_);
    value = now;
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable bool is_slow_ = false;
  mutable bool is_released_ = false;
  mutable bool is_idle_ = false;
  mutable bool stands_ = false;
  mutable boost::asio::thread_pool threads_{1};
};

inline std::unique_ptr<Pool> new_pool() { return std::make_unique<Pool>(); }
