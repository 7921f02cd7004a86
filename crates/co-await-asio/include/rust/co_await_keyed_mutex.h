// A mutex for each key, for coroutines: who waits occupies no thread.
//
//   rust::async::keyed_mutex<std::string> names;
//
//   const auto lock = co_await names.lock(name);         in a coroutine that Rust awaits
//   const auto lock = co_await names.async_lock(name);   in an asio::awaitable
//
// The key is held until the lock goes. Who finds it free goes on at once, where it is. Those that
// wait get the key in the order they came, and go on where they go on after any `co_await`: on
// their executor, and never in the thread of whoever has unlocked the key. One that Rust drops, or
// that is cancelled, leaves the line. Keys that nobody holds take no memory.
//
// The mutex may go before its locks. It has to be there as long as somebody may lock it: so in a
// class with a thread pool it stands before the pool, which is destroyed first, and joined.
#pragma once

#include <atomic>
#include <coroutine>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "rust/co_await_asio.h"

namespace rust::async {

template <typename Key>
class keyed_mutex {
  class state;
  class request;

 public:
  // Holds a key until it is destroyed, in whatever thread.
  class [[nodiscard]] scoped_lock {
   public:
    // Holds none.
    scoped_lock() = default;
    scoped_lock(std::shared_ptr<state> state, Key key)
        : state_(std::move(state)), key_(std::move(key)) {}
    scoped_lock(scoped_lock&&) = default;
    scoped_lock& operator=(scoped_lock&&) = delete;
    ~scoped_lock() {
      if (state_) state_->unlock(key_);
    }

   private:
    std::shared_ptr<state> state_;  // empty once moved from
    Key key_{};
  };

  keyed_mutex() = default;
  keyed_mutex(const keyed_mutex&) = delete;
  keyed_mutex& operator=(const keyed_mutex&) = delete;

  // `co_await lock(key)` is a scoped_lock. Any thread may call it.
  auto lock(Key key) { return locking{state_, std::move(key)}; }

  // The same as an Asio operation, with the signature void(std::exception_ptr, scoped_lock): it
  // completes on the handler's executor with the lock, or cancelled with `operation_aborted`, and
  // then it has left the line. By itself it is an asio::awaitable.
  template <typename CompletionToken, typename Filter = detail::default_cancellation_filter>
  auto async_lock(Key key, CompletionToken&& token, Filter filter = {}) {
    return detail::async_wait_for<request>(boost::asio::system_executor(), filter,
                                           std::forward<CompletionToken>(token), state_,
                                           std::move(key));
  }
  boost::asio::awaitable<scoped_lock> async_lock(Key key) {
    return async_lock(std::move(key), boost::asio::use_awaitable);
  }

 private:
  class awaiter {
    using wait_type = detail::source_wait<request, detail::coroutine_wait>;

   public:
    awaiter(detail::promise_base& promise, std::shared_ptr<state> state, Key key)
        : promise_(promise), state_(std::move(state)), key_(std::move(key)) {}

    bool await_ready() { return state_->lock(key_); }
    // Never inlined: else clang 17 and 18 keep locals of this function in the coroutine's frame.
    [[gnu::noinline]] bool await_suspend(std::coroutine_handle<>) {
      wait_ = detail::counted_pointer(std::make_unique<wait_type>(state_, key_).release());
      return wait_->begin_in(promise_);
    }
    scoped_lock await_resume() {
      return wait_ ? wait_->get() : scoped_lock(std::move(state_), std::move(key_));
    }

   private:
    detail::promise_base& promise_;
    std::shared_ptr<state> state_;
    Key key_;
    detail::counted_pointer<wait_type> wait_;  // once it has to wait
  };

  struct [[nodiscard("write co_await before it")]] locking {
    std::shared_ptr<state> shared;
    Key key;
    auto bind(detail::promise_base& promise) && {
      return awaiter(promise, std::move(shared), std::move(key));
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

    // The same; if it was not free, the request is in the line now.
    bool lock_or_wait(const Key& key, request& waits) {
      const std::lock_guard lock(mutex_);
      const auto [held, is_free] = waiting_.try_emplace(key);
      if (!is_free) held->second.push_back(&waits);
      return is_free;
    }

    // Leaves the line; false when it has been given the key.
    bool stop_waiting(const Key& key, request& waits) {
      const std::lock_guard lock(mutex_);
      const auto held = waiting_.find(key);
      return held != waiting_.end() && std::erase(held->second, &waits) != 0;
    }

    void unlock(const Key& key) {
      detail::counted_pointer<detail::wait> next;
      {
        const std::lock_guard lock(mutex_);
        const auto held = waiting_.find(key);
        if (held->second.empty()) {
          waiting_.erase(held);
          return;
        }
        // Until the mutex is released, who gets the key is there.
        next = held->second.front()->give();
        held->second.pop_front();
      }
      // Not before: where it has no executor, this may run it.
      next->wake();
    }

   private:
    std::mutex mutex_;
    // Who waits, for each key that is held.
    std::unordered_map<Key, std::list<request*>> waiting_;
  };

  // Waits for a key.
  class request {
   public:
    request(std::shared_ptr<state> state, Key key)
        : state_(std::move(state)), key_(std::move(key)) {}
    request(const request&) = delete;
    request& operator=(const request&) = delete;
    ~request() { forget(); }

    // Whether it has the key. From the first time on it stands in the line.
    bool poll(detail::wait& waits) {
      if (!std::exchange(waits_, &waits) && state_->lock_or_wait(key_, *this)) given_ = true;
      return given_;
    }

    // Returns who is to be woken.
    detail::counted_pointer<detail::wait> give() noexcept {
      given_ = true;
      waits_->add_ref();
      return detail::counted_pointer(waits_);
    }

    // Leaves the line, or gives the key back. Called by one thread at a time.
    void forget() noexcept {
      if (waits_ && !std::exchange(over_, true) && !state_->stop_waiting(key_, *this)) {
        state_->unlock(key_);
      }
    }

    scoped_lock get() {
      over_ = true;
      return scoped_lock(state_, key_);
    }

   private:
    std::shared_ptr<state> state_;
    Key key_;
    detail::wait* waits_ = nullptr;
    std::atomic<bool> given_ = false;
    bool over_ = false;
  };

  std::shared_ptr<state> state_ = std::make_shared<state>();
};

}  // namespace rust::async
