// A pool of one thread in which the work stops after its first part until the tests let it go on.
// Nothing to do here.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <coroutine>
#include <cstddef>
#include <future>
#include <memory>
#include <semaphore>

class Pool {
 public:
  boost::asio::thread_pool& threads() const { return threads_; }

  // `co_await turn()` goes on in the thread, whatever the coroutine's bridge.
  auto turn() const { return Turn{threads_}; }

  // Counts one more part of the work. The first is over when the tests say so.
  void part() const {
    if (parts_.fetch_add(1) == 0) gate_.acquire();
  }
  std::size_t parts() const { return parts_; }
  void go_on() const { gate_.release(); }

  // Returns when all that was begun has ended.
  void settle() const {
    std::promise<void> done;
    boost::asio::post(threads_, [&done] { done.set_value(); });
    done.get_future().wait();
  }

 private:
  struct Turn {
    boost::asio::thread_pool& threads;
    bool await_ready() const noexcept { return false; }
    [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) const {
      boost::asio::post(threads, coroutine);
    }
    void await_resume() const noexcept {}
  };

  mutable std::atomic<std::size_t> parts_ = 0;
  mutable std::binary_semaphore gate_{0};
  mutable boost::asio::thread_pool threads_{1};
};

inline std::unique_ptr<Pool> new_pool() { return std::make_unique<Pool>(); }
