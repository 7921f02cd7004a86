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
//
// What copying, hashing or comparing a key throws is thrown by `co_await`, and the key stays free.
#pragma once

#include <atomic>
#include <coroutine>
#include <exception>
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
  // Where a key stands among those that are held.
  struct line;
  using held_key = std::pair<const Key, line>;

 public:
  // Holds a key until it is destroyed, in whatever thread.
  class [[nodiscard]] scoped_lock {
   public:
    // Holds none.
    scoped_lock() = default;
    scoped_lock(std::shared_ptr<state> state, held_key* held) noexcept
        : state_(std::move(state)), held_(held) {}
    scoped_lock(scoped_lock&&) noexcept = default;
    scoped_lock& operator=(scoped_lock&&) = delete;
    ~scoped_lock() {
      if (state_) state_->unlock(held_);
    }

   private:
    std::shared_ptr<state> state_;  // empty once moved from
    held_key* held_ = nullptr;
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

    bool await_ready() {
      held_ = state_->lock(key_, nullptr);
      return held_ != nullptr;
    }
    // Never inlined: else clang 17 and 18 keep locals of this function in the coroutine's frame.
    [[gnu::noinline]] bool await_suspend(std::coroutine_handle<>) {
      wait_ = detail::counted_pointer<wait_type>::make(state_, std::move(key_));
      return wait_->begin_in(promise_);
    }
    scoped_lock await_resume() {
      return wait_ ? wait_->get() : scoped_lock(std::move(state_), held_);
    }

   private:
    detail::promise_base& promise_;
    std::shared_ptr<state> state_;
    Key key_;
    held_key* held_ = nullptr;                 // if it was free
    detail::counted_pointer<wait_type> wait_;  // once it has to wait
  };

  struct [[nodiscard("write co_await before it")]] locking {
    std::shared_ptr<state> shared;
    Key key;
    auto bind(detail::promise_base& promise) && {
      return awaiter(promise, std::move(shared), std::move(key));
    }
  };

  // Who waits for a key, in the order they came.
  struct line {
    request* first = nullptr;
    request* last = nullptr;
  };

  // What the mutex, its locks and those that wait share.
  class state {
   public:
    // The key, if it was free: it is held now. If not, the request, if there is one, is in the
    // line.
    held_key* lock(const Key& key, request* waits) {
      const std::lock_guard lock(mutex_);
      const auto [held, is_free] = keys_.try_emplace(key);
      if (is_free) return &*held;
      if (waits) waits->stand_in(*held);
      return nullptr;
    }

    // Leaves the line; false when it has been given the key.
    bool stop_waiting(request& waits) noexcept {
      const std::lock_guard lock(mutex_);
      return waits.leave_line();
    }

    void unlock(held_key* held) {
      detail::counted_pointer<detail::wait> next;
      {
        const std::lock_guard lock(mutex_);
        if (!held->second.first) {
          keys_.erase(keys_.find(held->first));
          return;
        }
        // Until the mutex is released, who gets the key is there.
        next = held->second.first->give();
      }
      // Not before: this may take a while.
      next->wake();
    }

   private:
    std::mutex mutex_;
    std::unordered_map<Key, line> keys_;  // those that are held
  };

  // Waits for a key.
  class request {
   public:
    request(std::shared_ptr<state> state, Key key)
        : state_(std::move(state)), key_(std::move(key)) {}
    request(const request&) = delete;
    request& operator=(const request&) = delete;
    ~request() { forget(); }

    // Whether it has the key, or cannot have it. From the first time on it stands in the line.
    bool poll(detail::wait& waits) noexcept {
      if (!std::exchange(waits_, &waits)) {
        try {
          if (auto* const held = state_->lock(key_, this)) {
            held_ = held;
            given_ = true;
          }
        } catch (...) {
          error_ = std::current_exception();
          over_ = true;
        }
      }
      return given_ || error_;
    }

    // Leaves the line, or gives the key back. Several threads may do so at once.
    void forget() noexcept {
      if (waits_ && !over_.exchange(true) && !state_->stop_waiting(*this)) state_->unlock(held_);
    }

    scoped_lock get() {
      if (error_) std::rethrow_exception(error_);
      over_ = true;
      return scoped_lock(state_, held_);
    }

   private:
    friend state;

    // These three are called with the mutex held.
    void stand_in(held_key& held) noexcept {
      held_ = &held;
      before_ = std::exchange(held.second.last, this);
      (before_ ? before_->after_ : held.second.first) = this;
    }
    bool leave_line() noexcept {
      if (given_) return false;
      auto& line = held_->second;
      (before_ ? before_->after_ : line.first) = after_;
      (after_ ? after_->before_ : line.last) = before_;
      return true;
    }
    // Returns who is to be woken.
    detail::counted_pointer<detail::wait> give() noexcept {
      leave_line();
      given_ = true;
      waits_->add_ref();
      return detail::counted_pointer<detail::wait>(waits_);
    }

    std::shared_ptr<state> state_;
    Key key_;
    held_key* held_ = nullptr;
    request* before_ = nullptr;
    request* after_ = nullptr;
    detail::wait* waits_ = nullptr;
    std::atomic<bool> given_ = false;
    std::atomic<bool> over_ = false;
    std::exception_ptr error_;
  };

  std::shared_ptr<state> state_ = std::make_shared<state>();
};

}  // namespace rust::async
