// One coroutine at a time for each name; the others of that name wait, in the order they came.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <coroutine>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "rust/cxx_async_asio.h"

class Turns {
 public:
  // Held, it keeps the others of its name waiting.
  class Turn {
   public:
    Turn(Turns& turns, std::string name) : turns_(turns), name_(std::move(name)) {}
    Turn(const Turn&) = delete;
    ~Turn() { turns_.pass_on(name_); }

   private:
    Turns& turns_;
    std::string name_;
  };

  // Those that have waited go on in a thread of the pool.
  explicit Turns(boost::asio::thread_pool& pool) : pool_(pool) {}

  // `co_await take(name)` is a Turn.
  auto take(std::string name) { return Waiter(*this, std::move(name)); }

  // Destroys those that wait. For when the pool's threads have ended: no turn will come any more.
  void abandon() {
    for (auto& [name, waiting] : std::exchange(waiting_, {})) {
      for (const auto* waiter : waiting) waiter->coroutine_.destroy();
    }
  }

 private:
  class Waiter {
   public:
    Waiter(Turns& turns, std::string name)
        : turns_(turns), name_(std::move(name)), schedule_(rust::async::schedule(turns.pool_)) {}

    bool await_ready() const noexcept { return false; }
    // Never inlined: clang before 18 then keeps locals of this function in the coroutine's frame,
    // and the coroutine may be at work, or gone, before this has returned true.
    [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> coroutine) {
      coroutine_ = coroutine;
      return turns_.has_to_wait(this);
    }
    Turn await_resume() { return Turn(turns_, std::move(name_)); }

   private:
    friend Turns;

    Turns& turns_;
    std::string name_;
    decltype(rust::async::schedule(std::declval<boost::asio::thread_pool&>())) schedule_;
    std::coroutine_handle<> coroutine_;
  };

  bool has_to_wait(Waiter* waiter) {
    const std::lock_guard lock(mutex_);
    const auto [running, is_first] = waiting_.try_emplace(waiter->name_);
    if (!is_first) running->second.push_back(waiter);
    return !is_first;
  }

  void pass_on(const std::string& name) {
    std::unique_lock lock(mutex_);
    const auto running = waiting_.find(name);
    if (running == waiting_.end()) return;
    if (running->second.empty()) {
      waiting_.erase(running);
      return;
    }
    auto* const next = running->second.front();
    running->second.pop_front();
    lock.unlock();
    next->schedule_.await_suspend(next->coroutine_);
  }

  boost::asio::thread_pool& pool_;
  std::mutex mutex_;
  // Who waits, for each name of which somebody has the turn.
  std::unordered_map<std::string, std::deque<Waiter*>> waiting_;
};
