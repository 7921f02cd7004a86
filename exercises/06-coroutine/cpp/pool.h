// A pool of one thread that the tests can keep busy, and what is to be done in it. Nothing to do
// here.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <semaphore>

class Pool {
 public:
  boost::asio::thread_pool& threads() const { return threads_; }

  // Whether a number is prime. Takes its time with large ones.
  bool is_prime(std::uint32_t number) const {
    ++asked_;
    if (number < 2) return false;
    for (std::uint64_t divisor = 2; divisor * divisor <= number; ++divisor) {
      if (number % divisor == 0) return false;
    }
    return true;
  }

  // How often it was asked.
  std::size_t asked() const { return asked_; }

  // Keeps the thread busy until `release`.
  void hold() const {
    boost::asio::post(threads_, [this] { gate_.acquire(); });
  }
  void release() const { gate_.release(); }

  // Returns when all that was begun has ended.
  void settle() const {
    std::promise<void> done;
    boost::asio::post(threads_, [&done] { done.set_value(); });
    done.get_future().wait();
  }

 private:
  mutable std::atomic<std::size_t> asked_ = 0;
  mutable std::binary_semaphore gate_{0};
  mutable boost::asio::thread_pool threads_{1};
};

inline std::unique_ptr<Pool> new_pool() { return std::make_unique<Pool>(); }
