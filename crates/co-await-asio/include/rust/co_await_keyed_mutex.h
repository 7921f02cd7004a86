// A mutex for each key, for coroutines: who waits occupies no thread.
//
//   rust::async::keyed_mutex<std::string> names(pool);
//
//   const auto lock = co_await names.lock(name);   in a coroutine that Rust awaits
//
// The key is held until the lock goes. Who finds it free goes on at once, where it is. Those that
// wait get the key in the order they came, and go on in a thread of the execution context: never in
// that of whoever has unlocked it. One that Rust drops leaves the line. Keys that nobody holds take
// no memory.
//
// Destroying the execution context destroys the coroutines that wait. The mutex may go before it,
// and before its locks; it may not be locked after it.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <coroutine>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "rust/co_await_asio.h"

namespace rust::async {

template <typename Key, typename Context = boost::asio::thread_pool>
class keyed_mutex {
  class state;
  class turn_for_key;

 public:
  // Holds a key until it is destroyed, in whatever thread.
  class [[nodiscard]] scoped_lock {
   public:
    scoped_lock(std::shared_ptr<state> state, Key key)
        : state_(std::move(state)), key_(std::move(key)) {}
    scoped_lock(scoped_lock&&) = default;
    scoped_lock& operator=(scoped_lock&&) = delete;
    ~scoped_lock() {
      if (state_) state_->unlock(key_);
    }

   private:
    std::shared_ptr<state> state_;  // empty once moved from
    Key key_;
  };

  explicit keyed_mutex(Context& context) : executor_(context.get_executor()) {}
  keyed_mutex(const keyed_mutex&) = delete;
  keyed_mutex& operator=(const keyed_mutex&) = delete;

  // `co_await lock(key)` is a scoped_lock. Any thread may call it.
  auto lock(Key key) { return locking{executor_, state_, std::move(key)}; }

 private:
  using executor_type = typename Context::executor_type;

  class awaiter {
   public:
    awaiter(detail::promise_base& promise, const executor_type& executor,
            std::shared_ptr<state> state, Key key)
        : promise_(promise), executor_(executor), state_(std::move(state)), key_(std::move(key)) {}

    bool await_ready() { return state_->lock(key_); }
    // Never inlined: clang 17 and 18 then keep locals of this function in the coroutine's frame.
    [[gnu::noinline]] bool await_suspend(std::coroutine_handle<>) {
      wait_.emplace(std::make_unique<turn_for_key>(state_, key_).release());
      promise_.executor().emplace(executor_);
      return (*wait_)->begin_in(promise_);
    }
    scoped_lock await_resume() { return scoped_lock(std::move(state_), std::move(key_)); }

   private:
    detail::promise_base& promise_;
    executor_type executor_;
    std::shared_ptr<state> state_;
    Key key_;
    std::optional<detail::wait_pointer<turn_for_key>> wait_;
  };

  struct locking {
    executor_type executor;
    std::shared_ptr<state> shared;
    Key key;
    auto bind(detail::promise_base& promise) && {
      return awaiter(promise, executor, std::move(shared), std::move(key));
    }
  };

  // What the mutex, its locks and those that wait share.
  class state {
   public:
    // Whether the key was free; it is held now.
    bool lock(const Key& key) {
      const std::lock_guard lock(mutex_);
      return waiting_.try_emplace(key).second;
    }

    // The same; if it was not free, `waits` is in the line now.
    bool lock_or_wait(const Key& key, turn_for_key& waits) {
      const std::lock_guard lock(mutex_);
      const auto [held, is_free] = waiting_.try_emplace(key);
      if (!is_free) held->second.push_back(&waits);
      return is_free;
    }

    // Leaves the line; false when it has been given the key.
    bool stop_waiting(const Key& key, turn_for_key& waits) {
      const std::lock_guard lock(mutex_);
      const auto held = waiting_.find(key);
      return held != waiting_.end() && std::erase(held->second, &waits) != 0;
    }

    void unlock(const Key& key) {
      const std::lock_guard lock(mutex_);
      const auto held = waiting_.find(key);
      if (held->second.empty()) {
        waiting_.erase(held);
        return;
      }
      auto* const next = held->second.front();
      held->second.pop_front();
      // With the mutex held: until it is released, who gets the key is there to be told.
      next->give();
    }

   private:
    std::mutex mutex_;
    // Who waits, for each key that is held.
    std::unordered_map<Key, std::list<turn_for_key*>> waiting_;
  };

  // A coroutine that waits for a key.
  class turn_for_key final : public detail::coroutine_wait {
   public:
    turn_for_key(std::shared_ptr<state> state, const Key& key)
        : state_(std::move(state)), key_(key) {}

    void give() noexcept {
      given_ = true;
      wake();
    }

   private:
    bool step() noexcept override {
      if (std::exchange(in_line_, true)) return given_;
      // Free by now: it goes on in the context all the same.
      if (state_->lock_or_wait(key_, *this)) give();
      return false;
    }
    void end() noexcept override {
      if (in_line_ && !state_->stop_waiting(key_, *this)) state_->unlock(key_);
      detail::coroutine_wait::end();
    }

    std::shared_ptr<state> state_;
    Key key_;
    bool in_line_ = false;
    std::atomic<bool> given_ = false;
  };

  executor_type executor_;
  std::shared_ptr<state> state_ = std::make_shared<state>();
};

}  // namespace rust::async
