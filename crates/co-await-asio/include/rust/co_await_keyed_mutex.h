// A mutex for each key, for coroutines: who waits occupies no thread.
//
//   rust::async::keyed_mutex<std::string> names(pool);
//
//   const auto lock = co_await names.lock(name);         in a coroutine that Rust awaits
//   const auto lock = co_await names.async_lock(name);   in an asio::awaitable
//
// The key is held until the lock goes. Who finds it free goes on at once, where it is. Those that
// wait get the key in the order they came, and go on in a thread of the execution context: never in
// that of whoever has unlocked it. One that Rust drops, or that is cancelled, leaves the line. Keys
// that nobody holds take no memory.
//
// Destroying the execution context destroys the coroutines that wait. The mutex may go before it,
// and before its locks; it may not be locked after it.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <coroutine>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "rust/co_await_asio.h"

namespace rust::async {

template <typename Key, typename Context = boost::asio::thread_pool>
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

  explicit keyed_mutex(Context& context) : executor_(context.get_executor()) {}
  keyed_mutex(const keyed_mutex&) = delete;
  keyed_mutex& operator=(const keyed_mutex&) = delete;

  // `co_await lock(key)` is a scoped_lock. Any thread may call it.
  auto lock(Key key) { return locking{executor_, state_, std::move(key)}; }

  // The same as an Asio operation, with the signature void(std::exception_ptr, scoped_lock): it
  // completes, on the handler's executor or else the context's, with the lock, or cancelled with
  // `operation_aborted`, and then it has left the line. By itself it is an asio::awaitable.
  template <typename CompletionToken, typename Filter = detail::default_cancellation_filter>
  auto async_lock(Key key, CompletionToken&& token, Filter filter = {}) {
    return detail::async_wait_for<request>(executor_, filter, std::forward<CompletionToken>(token),
                                           state_, std::move(key));
  }
  boost::asio::awaitable<scoped_lock> async_lock(Key key) {
    return async_lock(std::move(key), boost::asio::use_awaitable);
  }

 private:
  using executor_type = typename Context::executor_type;

  // Goes on in the context, wherever it was.
  class wait_for_context : public detail::coroutine_wait {
   public:
    bool begin_in(detail::promise_base& promise, executor_type executor) noexcept {
      executor_.emplace(std::move(executor));
      return coroutine_wait::begin_in(promise,
                                      detail::executor_traits<executor_type>::room(*executor_));
    }

   protected:
    void resume() override {
      promise().executor().emplace(*executor_);
      coroutine_wait::resume();
    }
    void post(detail::turn* turn) noexcept override {
      const auto executor = *executor_;
      detail::executor_traits<executor_type>::post(executor, detail::turn_handler(turn));
    }

   private:
    std::optional<executor_type> executor_;
  };

  class awaiter {
    using wait_type = detail::source_wait<request, wait_for_context>;

   public:
    awaiter(detail::promise_base& promise, const executor_type& executor,
            std::shared_ptr<state> state, Key key)
        : promise_(promise), executor_(executor), state_(std::move(state)), key_(std::move(key)) {}

    bool await_ready() { return state_->lock(key_); }
    // Never inlined: clang 17 and 18 then keep locals of this function in the coroutine's frame.
    [[gnu::noinline]] bool await_suspend(std::coroutine_handle<>) {
      wait_ = detail::counted_pointer(std::make_unique<wait_type>(state_, key_).release());
      return wait_->begin_in(promise_, executor_);
    }
    scoped_lock await_resume() {
      return wait_ ? wait_->get() : scoped_lock(std::move(state_), std::move(key_));
    }

   private:
    detail::promise_base& promise_;
    executor_type executor_;
    std::shared_ptr<state> state_;
    Key key_;
    detail::counted_pointer<wait_type> wait_;  // once it has to wait
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

    void give() noexcept {
      given_ = true;
      waits_->wake();
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

  executor_type executor_;
  std::shared_ptr<state> state_ = std::make_shared<state>();
};

}  // namespace rust::async
