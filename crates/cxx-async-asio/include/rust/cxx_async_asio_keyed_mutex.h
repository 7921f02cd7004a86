// A mutex for each key, for coroutines: who waits occupies no thread.
//
//   rust::async::keyed_mutex<std::string> names(pool);
//
//   const auto lock = co_await names.lock(name);   in a cxx-async coroutine; held until it goes
//
// Who finds the key free goes on at once, where it is. Those that wait get the key in the order
// they came, and go on in a thread of the execution context: never in that of whoever has unlocked
// it. Keys that nobody holds take no memory.
//
// Destroying the execution context destroys the coroutines that wait. The mutex may go before it,
// and before its locks; it may not be locked after it.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <coroutine>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "rust/cxx_async_asio.h"

namespace rust::async {

template <typename Key, typename Context = boost::asio::thread_pool>
class keyed_mutex {
  class state;

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

  explicit keyed_mutex(Context& context) : state_(std::make_shared<state>(context)) {
    boost::asio::use_service<detail::pending_service>(context).add(state_);
  }
  keyed_mutex(const keyed_mutex&) = delete;
  keyed_mutex& operator=(const keyed_mutex&) = delete;

  // `co_await lock(key)` is a scoped_lock. Any thread may call it.
  auto lock(Key key) { return awaiter(state_, std::move(key)); }

 private:
  class awaiter {
   public:
    awaiter(std::shared_ptr<state> state, Key key)
        : state_(std::move(state)), key_(std::move(key)) {}

    bool await_ready() const noexcept { return false; }
    // Never inlined: clang before 17 then keeps locals of this function in the coroutine's frame,
    // and the coroutine may be at work, or gone, before this has returned true.
    [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> coroutine) {
      return state_->has_to_wait(key_, coroutine);
    }
    scoped_lock await_resume() { return scoped_lock(std::move(state_), std::move(key_)); }

   private:
    std::shared_ptr<state> state_;
    Key key_;
  };

  // What the mutex, its locks and those that wait share. The context keeps it too, until it goes.
  class state final : public detail::pending {
   public:
    explicit state(Context& context) : context_(context) {}

    bool has_to_wait(const Key& key, std::coroutine_handle<> coroutine) {
      const std::lock_guard lock(mutex_);
      const auto [held, is_free] = waiting_.try_emplace(key);
      if (!is_free) held->second.push_back(coroutine);
      return !is_free;
    }

    void unlock(const Key& key) {
      std::unique_lock lock(mutex_);
      const auto held = waiting_.find(key);
      if (held == waiting_.end()) return;  // abandoned
      if (held->second.empty()) {
        waiting_.erase(held);
        return;
      }
      detail::resumption next(held->second.front());
      held->second.pop_front();
      lock.unlock();
      boost::asio::post(context_, std::move(next));
    }

    // No thread of the context runs any more: nobody will get a key.
    void abandon() noexcept override {
      std::unique_lock lock(mutex_);
      const auto waiting = std::exchange(waiting_, {});
      lock.unlock();
      // Not with the mutex held: a coroutine that goes may unlock another key.
      for (const auto& [key, coroutines] : waiting) {
        for (const auto coroutine : coroutines) coroutine.destroy();
      }
    }

   private:
    Context& context_;
    std::mutex mutex_;
    // Who waits, for each key that is held.
    std::unordered_map<Key, std::deque<std::coroutine_handle<>>> waiting_;
  };

  std::shared_ptr<state> state_;
};

}  // namespace rust::async
