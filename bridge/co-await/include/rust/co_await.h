// C++20 coroutines that Rust awaits, and Rust futures that C++ awaits.
//
//   CXXASYNC_DEFINE_FUTURE(std::int64_t, FutureInt);             a future of Rust's i64
//   CXXASYNC_DEFINE_FUTURE(rust::String, shop, FutureName);      shop::FutureName
//   CXXASYNC_DEFINE_STREAM(double, StreamPrice);                 any number of them
//
//   FutureInt answer(FutureInt question) {
//     const std::int64_t asked = co_await std::move(question);   an error is thrown as Error
//     co_return asked + 1;                                       an exception is Rust's error
//   }
//
//   StreamPrice half(StreamPrice prices) {
//     while (auto price = co_await prices.next()) co_yield *price / 2;   empty at the end
//   }
//
// Each stands for the type of the same name that has `#[co_await::bridge]` in Rust. The macros are
// used outside of namespaces; the first argument is what cxx makes of the type in Rust, and the
// others are the namespaces and the name.
//
// A coroutine begins at once, in the thread of its caller. When Rust drops its future, a coroutine
// that waits is destroyed where it waits; one that runs goes on to its next `co_await`, and can
// learn of it before. After `co_await` of a Rust future it goes on where it was: on the executor
// that `schedule` sent it to; before any `schedule`, where Rust polls.
//
//   std::stop_token token = co_await rust::async::this_coro::stop_token;   Rust has let go
//   std::uint64_t id = co_await rust::async::this_coro::span_id;           for the log
#pragma once

#ifdef RUST_CXX_ASYNC_H
#error "rust/cxx_async.h is cxx-async's own header: include rust/co_await.h in its place"
#endif
#define RUST_CXX_ASYNC_H  // so that cxx-async's says nothing after this one

// GCC 12 destroys members twice after a `co_await` within braces.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#error "GCC 12 and earlier miscompile coroutines: use GCC 13 or later, or clang 17 or later"
#endif

#include <array>
#include <atomic>
#include <concepts>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "rust/cxx.h"

#if __has_include("rust/co_await_recorder.h")
#include "rust/co_await_recorder.h"  // the crate's feature `recorder` is on
#else
#define COAWAIT_RECORD(event, call) static_cast<void>(0)
#endif

namespace rust::async {

// What decides how an exception is put into words. Specialise it for `Custom` to have a say:
//
//   template <typename Future>
//   struct rust::async::behavior::TryCatch<Future, rust::async::behavior::Custom> {
//     template <typename Try, typename Fail>
//     static void trycatch(Try&& function, Fail&& fail) noexcept {
//       try { function(); } catch (const my_error& error) { fail(error.message()); } ...
//     }
//   };
//
// It is `noexcept`: what a specialisation does not catch ends the process.
namespace behavior {

struct Custom {};

template <typename Future, typename Tag>
struct TryCatch {
  template <typename Try, typename Fail>
  static void trycatch(Try&& function, Fail&& fail) noexcept {
    try {
      function();
    } catch (const std::exception& error) {
      fail(error.what());
    } catch (...) {
      fail("a C++ exception that is not a std::exception");
    }
  }
};

}  // namespace behavior

// cxx-async has types of these names too. Ours are other types, for the linker as well.
inline namespace bridge {

// An error of Rust, thrown by `co_await`.
class Error final : public std::exception {
 public:
  explicit Error(std::string message)
      : message_(std::make_shared<const std::string>(std::move(message))) {}
  const char* what() const noexcept override { return message_->c_str(); }

  // Not moved: an error that was moved from would have no message.
  Error(const Error&) noexcept = default;
  Error& operator=(const Error&) noexcept = default;

 private:
  std::shared_ptr<const std::string> message_;  // copying an exception must not throw
};

template <typename Future>
class promise;

namespace detail {

// --- What Rust and C++ share: bridge/co-await/src/border.rs has the other half. ------------------

// Something that is done once, in a thread that somebody else chooses.
struct turn {
  turn* next = nullptr;  // for the queue that it stands in
  void (*take)(turn*, bool alive);
};

// What waits to be woken by Rust, from any thread. It counts its references.
struct waiting_ops {
  void (*clone)(const void*) noexcept;
  void (*wake)(const void*) noexcept;
  void (*drop)(const void*) noexcept;
};
struct waiting {
  const waiting_ops* ops;
};

enum class poll_status : std::uint32_t { pending, value, error, end };

// How much room a value takes.
struct shape {
  std::size_t size;
  std::size_t align;
  bool operator==(const shape&) const = default;

  std::string in_words() const {
    return std::to_string(size) + " bytes, aligned to " + std::to_string(align);
  }
};

template <typename T>
constexpr shape shape_of{sizeof(T), alignof(T)};
template <>
inline constexpr shape shape_of<void>{0, 1};  // that of `()`

// What Rust has to know of the values of a call.
struct values {
  detail::shape shape;
  void (*destroy)(void* value) noexcept;
};

// What goes to the other language is moved there by copying its bytes.
template <typename T>
constexpr bool may_cross =
    std::is_void_v<T> || std::same_as<T, rust::String> || rust::IsRelocatable<T>::value;
template <typename T>
constexpr bool may_cross<rust::Vec<T>> = true;
template <typename T>
constexpr bool may_cross<rust::Box<T>> = true;
template <typename T, typename Delete>
constexpr bool may_cross<std::unique_ptr<T, Delete>> = true;
template <typename T>
constexpr bool may_cross<std::shared_ptr<T>> = true;
template <typename T>
constexpr bool may_cross<std::weak_ptr<T>> = true;

template <typename T>
constexpr values make_values() {
  static_assert(
      may_cross<T>,
      "this type cannot cross to Rust by value, for moving it takes more than copying its "
      "bytes: take what cxx has for it, as rust::String for std::string, or put it into a "
      "std::unique_ptr");
  return {shape_of<T>, [](void* value) noexcept {
            if constexpr (!std::is_void_v<T>) std::destroy_at(static_cast<T*>(value));
          }};
}
template <typename T>
inline constexpr values values_of = make_values<T>();

extern "C" {
void* coawait_begin(void* future, const values&, std::size_t buffer, bool is_stream) noexcept;
void coawait_send(void* call, const void* value) noexcept;
bool coawait_try_send(void* call, const void* item, const waiting* waker) noexcept;
void coawait_complete(void* call) noexcept;
void coawait_ended(void* call) noexcept;
void coawait_fail(void* call, const char* what, std::size_t length) noexcept;
void coawait_finish(void* call) noexcept;
void coawait_share(void* call) noexcept;
void coawait_release(void* call) noexcept;
bool coawait_left(const void* call) noexcept;
bool coawait_returned(const void* call) noexcept;
bool coawait_is_ended_by_its_object(const void* call) noexcept;
bool coawait_hang(void* call, turn* hook) noexcept;
bool coawait_take_back(void* call, turn* hook) noexcept;
turn* coawait_on_leaving(void* call, turn* unless_there_is_one) noexcept;
void* coawait_enter(void* call) noexcept;  // null where nothing is traced
void coawait_exit(void* entered) noexcept;
std::uint64_t coawait_span_id(const void* call) noexcept;
void coawait_post(void* call, turn*) noexcept;
void coawait_take_elsewhere(turn*) noexcept;
poll_status coawait_poll(void* future, const values&, void* result, const waiting* waker) noexcept;
void coawait_drop(void* future) noexcept;
}

// What Rust says of a type with a name in both languages.
struct declared {
  detail::shape shape;  // of the output, or of an item
  std::size_t buffer;
  bool is_stream;  // and not a future
};

// Why a future of this name cannot be the same in both languages; empty where it may be. Layouts
// that differ are found, and types that look alike are not.
inline std::string disagreement(const declared& there, const char* name, bool is_stream,
                                shape here) {
  const auto kind = [](bool is_stream) { return is_stream ? "a stream" : "a future"; };
  if (there.is_stream != is_stream) {
    return std::string(name) + " is " + kind(there.is_stream) + ", in Rust, and " +
           kind(is_stream) +
           ", in C++: an `impl Future` goes with CXXASYNC_DEFINE_FUTURE, an `impl Stream` with "
           "CXXASYNC_DEFINE_STREAM";
  }
  if (there.shape == here) return {};
  return std::string(name) + " carries " + there.shape.in_words() + ", in Rust, and " +
         here.in_words() +
         ", in C++: #[co_await::bridge] and CXXASYNC_DEFINE_… have to name the same type";
}

// Ends the process with that sentence.
inline bool agree(const declared& there, const char* name, bool is_stream, shape here) noexcept {
  const std::string why = disagreement(there, name, is_stream, here);
  if (why.empty()) return true;
  std::fprintf(stderr, "co_await: %s\n", why.c_str());
  std::abort();
}

// Compared when the program starts, if it uses a type with a name: before a value is read as what
// it is not.
template <typename Future>
struct agreement {
  static inline const bool holds = true;
};
template <typename Future>
  requires requires { Future::in_rust(); }
struct agreement<Future> {
  static inline const bool holds =
      agree(Future::in_rust(), Future::bridge_name,
            !std::same_as<typename Future::YieldResult, typename Future::FinalResult>,
            shape_of<typename Future::YieldResult>);
};

// --- Executors. ----------------------------------------------------------------------------------

// This thread is handing a turn to an executor.
class posting {
 public:
  explicit posting(turn* turn) noexcept
      : turn_(turn),
        depth_(innermost ? innermost->depth_ + 1 : 0),
        outer_(std::exchange(innermost, this)) {}
  posting(const posting&) = delete;
  posting& operator=(const posting&) = delete;
  ~posting() { innermost = outer_; }

  bool refused() const noexcept { return refused_; }

  // The turn comes back to who is posting it, if somebody in this thread is.
  static bool give_back(turn* turn) noexcept {
    auto* const scope = of(turn);
    if (scope) scope->refused_ = true;
    return scope != nullptr;
  }

  // The turn comes: it may be anybody's after that. False where it should not be taken here,
  // because the executor calls within its `post`, and did so too often within one another.
  static bool take(turn* turn) noexcept {
    auto* const scope = of(turn);
    if (!scope) return true;
    scope->turn_ = nullptr;
    return scope->depth_ < deepest;
  }

 private:
  static constexpr std::uint32_t deepest = 64;

  static posting* of(turn* turn) noexcept {
    auto* scope = innermost;
    while (scope && scope->turn_ != turn) scope = scope->outer_;
    return scope;
  }

  static inline thread_local constinit posting* innermost = nullptr;

  turn* turn_;
  std::uint32_t depth_;
  bool refused_ = false;
  posting* outer_;
};

// This thread is in a waker. No coroutine goes on here, for a waker may be called with a lock held.
class waking {
 public:
  waking() noexcept : outer_(std::exchange(now, true)) {}
  waking(const waking&) = delete;
  waking& operator=(const waking&) = delete;
  ~waking() { now = outer_; }

  static bool is_this_thread() noexcept { return now; }

 private:
  static inline thread_local constinit bool now = false;
  bool outer_;
};

// A turn, for an executor to call once. Destroyed uncalled, because the executor refused it or went
// away, it gives the turn up.
class turn_handler {
 public:
  explicit turn_handler(turn* turn) noexcept : turn_(turn) {}
  turn_handler(turn_handler&& other) noexcept : turn_(std::exchange(other.turn_, nullptr)) {}
  turn_handler& operator=(turn_handler&&) = delete;
  ~turn_handler() {
    if (turn_ && !posting::give_back(turn_)) turn_->take(turn_, false);
  }

  void operator()() {
    auto* const turn = std::exchange(turn_, nullptr);
    if (!posting::take(turn) || waking::is_this_thread()) return coawait_take_elsewhere(turn);
    turn->take(turn, true);
  }

 private:
  turn* turn_;
};

// Hands a turn to an executor by `post`. Where that refuses it, the turn is the caller's again:
// false, or what it throws is thrown.
template <typename Post>
bool hand_over(turn* turn, Post&& post) {
  posting scope(turn);
  try {
    post(turn_handler(turn));
  } catch (...) {
    if (scope.refused()) throw;
  }
  return !scope.refused();
}

// Counts its references, and goes with the last.
class counted {
 public:
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;

  void add_ref() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 protected:
  counted() = default;
  virtual ~counted() = default;

 private:
  std::atomic<std::uint32_t> references_ = 1;
};

// Owns a reference.
template <typename Counted>
class counted_pointer {
 public:
  counted_pointer() = default;
  explicit counted_pointer(Counted* counted) noexcept : counted_(counted) {}
  counted_pointer(const counted_pointer& other) noexcept : counted_(other.counted_) {
    if (counted_) counted_->add_ref();
  }
  counted_pointer(counted_pointer&& other) noexcept
      : counted_(std::exchange(other.counted_, nullptr)) {}
  counted_pointer& operator=(counted_pointer other) noexcept {
    std::swap(counted_, other.counted_);
    return *this;
  }
  ~counted_pointer() { reset(); }

  template <typename... Args>
  static counted_pointer make(Args&&... args) {
    return counted_pointer(std::make_unique<Counted>(std::forward<Args>(args)...).release());
  }

  void reset() noexcept {
    if (auto* counted = std::exchange(counted_, nullptr)) counted->release();
  }
  Counted* operator->() const noexcept { return counted_; }
  Counted* get() const noexcept { return counted_; }
  explicit operator bool() const noexcept { return counted_ != nullptr; }

 private:
  Counted* counted_ = nullptr;
};

class wait;

// What waits outside of an executor's own queue, to be posted there when Rust wakes it. An executor
// that may go away before has one of these, and closes it first.
class waiting_room final : public counted {
 public:
  // False when it is closed already.
  bool add(wait& waits);
  void remove(wait& waits) noexcept;

  // Between these the executor is there to be posted to.
  bool enter() noexcept {
    if (!(inside_.fetch_add(1) & closed)) return true;
    leave();
    return false;
  }
  void leave() noexcept {
    if (inside_.fetch_sub(1) == closed + 1) inside_.notify_all();
  }

  // Waits for those inside, and ends all that wait here. None of the executor's threads runs now.
  void close() noexcept;

 private:
  static constexpr std::uint32_t closed = 1u << 31;

  std::atomic<std::uint32_t> inside_ = 0;
  std::mutex mutex_;  // guards the list, and adding to it after it was closed
  wait* first_ = nullptr;
};

using room_pointer = counted_pointer<waiting_room>;

// How to use an executor of type E. Specialised by whoever knows more of it.
template <typename E>
struct executor_traits;

// Where a coroutine goes on: any executor, or none.
class any_executor {
  static constexpr std::size_t words = 2;  // as many as a thread pool's
  template <typename E>
  static constexpr bool fits = sizeof(E) <= words * sizeof(void*) && alignof(E) <= alignof(void*);

 public:
  any_executor() = default;
  any_executor(const any_executor&) = delete;
  any_executor& operator=(const any_executor&) = delete;
  ~any_executor() { reset(); }

  explicit operator bool() const noexcept { return ops_ != nullptr; }

  template <typename E>
  void emplace(E executor) {
    if constexpr (fits<E>) {
      reset();
      std::construct_at(static_cast<E*>(static_cast<void*>(storage_)), std::move(executor));
      ops_ = &ops_of<E>;
    } else {
      using boxed = std::shared_ptr<E>;
      auto box = std::make_shared<E>(std::move(executor));
      reset();
      std::construct_at(static_cast<boxed*>(static_cast<void*>(storage_)), std::move(box));
      ops_ = &ops_of<boxed>;
    }
  }

  // The same, unless it is that executor already: one that has gone is known to have.
  template <typename E>
  void change_to(E executor) {
    if constexpr (std::equality_comparable<E>) {
      if (holds<E>() && get<E>() == executor) return;
    }
#ifndef NDEBUG
    if constexpr (requires { executor_traits<E>::watch(executor); }) {
      executor_traits<E>::watch(executor);
    }
#endif
    emplace(std::move(executor));
  }

  void reset() noexcept {
    if (auto* ops = std::exchange(ops_, nullptr)) ops->destroy(storage_);
    room_.reset();
  }

  // Whether the executor is of this type.
  template <typename E>
  bool holds() const noexcept {
    return ops_ == &ops_of<std::conditional_t<fits<E>, E, std::shared_ptr<E>>>;
  }

  // The executor, which is of this type.
  template <typename E>
  const E& get() const noexcept {
    using stored = std::conditional_t<fits<E>, E, std::shared_ptr<E>>;
    return get(*static_cast<const stored*>(static_cast<const void*>(storage_)));
  }

  // The executor, and this, may be gone as soon as the turn can be taken. False where the executor
  // refuses the turn, or what it throws then.
  bool post(turn* turn) const {
    const auto post = ops_->post;
    if (!room_) {
      return hand_over(turn, [&](turn_handler handler) { post(storage_, std::move(handler)); });
    }
    const room_pointer room = room_;
    if (!room->enter()) return false;
    struct leave {
      waiting_room& room;
      ~leave() { room.leave(); }
    } const leaves{*room.get()};
    return hand_over(turn, [&](turn_handler handler) { post(storage_, std::move(handler)); });
  }

  // Empty where the executor outlives all that waits for it. The executor has to be there when this
  // is called for the first time.
  const room_pointer& room() {
    if (!room_) room_ = ops_->room(storage_);
    return room_;
  }

 private:
  struct operations {
    void (*post)(const void*, turn_handler);
    room_pointer (*room)(const void*);
    void (*destroy)(void*) noexcept;
  };

  template <typename E>
  static const E& get(const E& executor) {
    return executor;
  }
  template <typename E>
  static const E& get(const std::shared_ptr<E>& executor) {
    return *executor;
  }

  template <typename Stored>
  static constexpr operations ops_of = {
      [](const void* stored, turn_handler handler) {
        // A copy: what is stored may go as soon as the handler is posted.
        auto executor = get(*static_cast<const Stored*>(stored));
        executor_traits<decltype(executor)>::post(executor, std::move(handler));
      },
      [](const void* stored) {
        const auto& executor = get(*static_cast<const Stored*>(stored));
        return executor_traits<std::remove_cvref_t<decltype(executor)>>::room(executor);
      },
      [](void* stored) noexcept { std::destroy_at(static_cast<Stored*>(stored)); },
  };

  alignas(void*) std::byte storage_[words * sizeof(void*)];
  const operations* ops_ = nullptr;
  room_pointer room_;  // once somebody has asked for it
};

// --- Waiting. ------------------------------------------------------------------------------------

// Something that waits for Rust, or for what another thread grants it: it is woken, has its turn on
// an executor, looks (`step`), and waits on or goes on. It goes on once at most: by `resume` when
// what it waited for is there; by `end` when nobody wants it any more, or its executor is gone.
//
// One thread looks at a time, and none from within a waker: so a future may wake itself.
class wait : public waiting, public turn, public counted {
 public:
  // There may be something to see. Any thread may call it.
  void wake() noexcept {
    if (state_.fetch_or(woken) & (woken | looking | over)) return;
    const waking in_a_waker;
    schedule();
  }

 protected:
  explicit wait() noexcept
      : waiting{&operations}, turn{nullptr, &wait::take}, hook_{{nullptr, &hook::take}, *this} {}

  // Looks whether it can go on. If not, `wake` is called when that may have changed.
  virtual bool step() noexcept = 0;
  virtual void resume() = 0;
  virtual void end() noexcept = 0;
  // Ends it in the thread that is about to suspend what waits: `ended` is to be taken after that.
  virtual void end_after_suspension(turn* ended) noexcept { ended->take(ended, true); }
  // Has the executor take the turn. False where it refuses it, or what it throws then.
  virtual bool post(turn* turn) = 0;
  // Lets go early of what is waited for: nobody will look any more. May be called more than once,
  // and by several threads.
  virtual void forget() noexcept {}

  // Looks for the first time. True when it waits, or has been ended: then nothing of whoever waits
  // may be touched any more. False when it can go on at once.
  //
  // `room` is that of its executor. `hang` hooks it where the wish to end comes from: it gets a
  // turn, and returns false when nobody wants it already.
  template <typename Hang>
  bool begin(room_pointer room, Hang&& hang) noexcept {
    add_ref();
    const counted_pointer self(this);  // the wait may be over before this function ends
    looker_ = std::this_thread::get_id();
    room_ = std::move(room);
    if (room_ && !room_->add(*this)) state_.fetch_or(stopped);
    add_ref();  // the hook's
    if (!hang(static_cast<turn*>(&hook_))) {
      release();
      state_.fetch_or(stopped);
    }
    if ((state_.load() & stopped) || !step()) {
      pause(true);
      return true;
    }
    const auto before = state_.fetch_or(over);
    if (before & over) {
      forget();  // cancelled
    } else if (before & stopped) {
      end_while_it_begins();
    } else {
      unhook();
      leave_room();
      return false;
    }
    return true;
  }

  // Looks for the first time in a thread of ours.
  void begin_elsewhere() noexcept {
    add_ref();  // the turn's
    state_.store(woken | queued);
    coawait_take_elsewhere(this);
  }

  // Takes the hook back; false when it was taken.
  virtual bool take_back(turn* hook) noexcept = 0;

  // Ends the wait without `resume` and without `end`: whoever waited is gone.
  void cancel() noexcept {
    const auto before = state_.fetch_or(stopped | over);
    if (before & over) return;
    unhook();
    leave_room();
    // Who looks does it when it sees that all is over.
    if (!(before & looking)) forget();
  }

 private:
  friend waiting_room;

  enum : std::uint32_t {
    woken = 1,    // to be looked at, by a turn that comes or by who looks now
    queued = 2,   // the turn is with the executor
    looking = 4,  // a thread is in `step`
    stopped = 8,  // nobody wants it
    over = 16,    // it went on
  };

  // Hung where the wish to end comes from.
  struct hook : turn {
    wait& waits;
    static void take(turn* self, bool) {
      const counted_pointer waits(&static_cast<hook*>(self)->waits);
      waits->stop();
    }
  };

  static wait& of(const void* waiting) noexcept {
    return const_cast<wait&>(
        static_cast<const wait&>(*static_cast<const struct waiting*>(waiting)));
  }
  static void clone(const void* waiting) noexcept { of(waiting).add_ref(); }
  static void wake_waiting(const void* waiting) noexcept { of(waiting).wake(); }
  static void drop(const void* waiting) noexcept { of(waiting).release(); }
  static constexpr waiting_ops operations = {&clone, &wake_waiting, &drop};

  static void take(turn* self, bool alive) {
    const counted_pointer waits(static_cast<wait*>(self));
    waits->look(alive);
  }

  // Has the executor take the turn, unless it goes away: then that ends the wait.
  void schedule() noexcept {
    const auto room = room_;
    if (room && !room->enter()) return;
    add_ref();  // the turn's
    state_.fetch_or(queued);
    bool handed_over = false;
    try {
      handed_over = post(this);
    } catch (...) {
    }
    if (handed_over) {
      if (room) room->leave();
      return;
    }
    // Not here: this may be in a waker.
    state_.fetch_or(stopped);
    room_of_refused_ = room;  // the executor stays until it has ended
    coawait_take_elsewhere(this);
  }

  // Nobody wants it any more: ends it on its executor.
  void stop() noexcept {
    if (state_.fetch_or(stopped | woken) & (woken | looking | over)) return;
    forget();
    schedule();
  }

  void look(bool alive) {
    const auto refused = std::move(room_of_refused_);
    auto now = state_.load();
    for (;;) {
      if (now & over) break;
      const bool ends = !alive || (now & stopped);
      looker_ = std::this_thread::get_id();
      if (!state_.compare_exchange_weak(now, ends ? now | over : looking)) continue;
      if (ends) {
        go(false);
      } else if (step()) {
        finish();
      } else {
        pause(false);
      }
      break;
    }
    if (refused) refused->leave();
  }

  // After a look that found nothing.
  void pause(bool begins) {
    auto now = state_.load();
    for (;;) {
      if (now & over) return forget();  // cancelled
      if (now & stopped) {
        if (!state_.compare_exchange_weak(now, now | over)) continue;
        return begins ? end_while_it_begins() : go(false);
      }
      if (!(now & woken)) {
        if (state_.compare_exchange_weak(now, 0)) return;
      } else if (state_.compare_exchange_weak(now, woken)) {
        return schedule();
      }
    }
  }

  // After a look that found it.
  void finish() {
    const auto before = state_.fetch_or(over);
    if (before & over) return forget();  // cancelled
    go(!(before & stopped));
  }

  void go(bool on) {
    unhook();
    if (on) {
      leave_room();
      resume();
      return;
    }
    // Who waits may be all that keeps this.
    add_ref();
    const counted_pointer self(this);
    end();
    // Only now: the executor must not go while something of it is in use.
    leave_room();
  }

  void end_while_it_begins() {
    unhook();
    add_ref();  // the turn's, which no executor has yet
    turn::take = &wait::take_end;
    end_after_suspension(this);
  }
  static void take_end(turn* self, bool) {
    const counted_pointer waits(static_cast<wait*>(self));
    waits->end();
    waits->leave_room();
  }

  void unhook() noexcept {
    if (take_back(&hook_)) release();
  }

  // From here on the executor may go.
  void leave_room() noexcept {
    if (room_) room_->remove(*this);
    ended_.store(true);
    ended_.notify_all();
  }

  // The executor goes away. Only the room calls this, when nobody can be posting.
  void abandon() noexcept {
    auto now = state_.fetch_or(stopped);
    for (;;) {
      if (now & queued) return;  // given up with the executor's own queue
      if (now & (looking | over)) {
        // In a thread that is not the executor's; the executor has to be there until it ends.
        if (looker_.load() != std::this_thread::get_id()) ended_.wait(false);
        return;
      }
      if (state_.compare_exchange_weak(now, now | over)) return go(false);
    }
  }

  std::atomic<std::uint32_t> state_ = looking;
  std::atomic<bool> ended_ = false;
  std::atomic<std::thread::id> looker_;  // who looked last, or looks
  hook hook_;
  room_pointer room_;
  room_pointer room_of_refused_;  // whose turn takes it out
  wait* before_ = nullptr;        // in the room's list
  wait* after_ = nullptr;
};

inline bool waiting_room::add(wait& waits) {
  const std::lock_guard lock(mutex_);
  if (inside_.load() & closed) return false;
  waits.after_ = first_;
  if (first_) first_->before_ = &waits;
  first_ = &waits;
  return true;
}

inline void waiting_room::remove(wait& waits) noexcept {
  const std::lock_guard lock(mutex_);
  if (waits.before_) waits.before_->after_ = waits.after_;
  if (waits.after_) waits.after_->before_ = waits.before_;
  if (first_ == &waits) first_ = waits.after_;
  waits.before_ = waits.after_ = nullptr;
}

inline void waiting_room::close() noexcept {
  for (auto inside = inside_.fetch_or(closed) | closed; inside != closed; inside = inside_.load()) {
    inside_.wait(inside);
  }
  // To end one may destroy a coroutine, and that may end others.
  for (;;) {
    std::unique_lock lock(mutex_);
    auto* const waits = first_;
    if (!waits) return;
    waits->add_ref();
    const counted_pointer kept(waits);
    lock.unlock();
    remove(*waits);
    waits->abandon();
  }
}

// --- Promises. -----------------------------------------------------------------------------------

// What stands before a coroutine's frame in memory, and outlives all that is in it.
struct alignas(2 * sizeof(void*)) frame_header {
  void* call = nullptr;
};

// This thread is within the `resume` of a coroutine.
class resumption {
 public:
  explicit resumption(void* frame) noexcept
      : frame_(frame), outer_(std::exchange(innermost, this)) {}
  resumption(const resumption&) = delete;
  resumption& operator=(const resumption&) = delete;
  ~resumption() {
    innermost = outer_;
    if (last_) last_->take(last_, true);
  }

  // Has the turn taken when this thread has resumed that coroutine, if it is doing so.
  static bool ends_with(void* frame, turn* last) noexcept {
    auto* const scope = of(frame);
    if (scope) scope->last_ = last;
    return scope != nullptr;
  }
  // The frame is gone, and another may come to stand in its place.
  static void forget(void* frame) noexcept {
    if (auto* const scope = of(frame)) scope->frame_ = nullptr;
  }

 private:
  static resumption* of(void* frame) noexcept {
    auto* scope = innermost;
    while (scope && scope->frame_ != frame) scope = scope->outer_;
    return scope;
  }

  static inline thread_local constinit resumption* innermost = nullptr;

  void* frame_;
  resumption* outer_;
  turn* last_ = nullptr;
};

// What an awaiter has to know of the coroutine that it suspends: where it goes on, and whether
// anybody wants that.
//
// It is small, and so are the awaiters: a frame of more than some hundred bytes takes malloc longer
// to free in another thread.
class promise_base {
 public:
  promise_base() = default;
  promise_base(const promise_base&) = delete;
  promise_base& operator=(const promise_base&) = delete;

  // Whether Rust has let go of the future.
  bool left() const noexcept { return detail::coawait_left(call()); }

  std::coroutine_handle<> coroutine() const noexcept {
    return std::coroutine_handle<promise_base>::from_promise(const_cast<promise_base&>(*this));
  }

  // Where it goes on; none means where Rust polls.
  any_executor& executor() noexcept { return executor_; }
  room_pointer room() { return executor_ ? executor_.room() : room_pointer(); }
  // False where the executor refuses the turn, or what it throws then.
  bool post(turn* turn) {
    record(executor_ ? "posted" : "posted to Rust");
    if (executor_) return executor_.post(turn);
    post_to_rust(turn);
    return true;
  }
  void post_to_rust(turn* turn) const noexcept { detail::coawait_post(call(), turn); }

  // In the span of the call as long as it lives, in one thread.
  class entered_span {
   public:
    explicit entered_span(const promise_base& promise) noexcept
        : entered_(coawait_enter(promise.call())) {}
    entered_span(const entered_span&) = delete;
    entered_span& operator=(const entered_span&) = delete;
    ~entered_span() {
      if (entered_) coawait_exit(entered_);
    }

   private:
    void* entered_;
  };

  // Where Rust polls, for what may outlive the coroutine.
  class poller {
   public:
    explicit poller(void* call) noexcept : call_(call) { coawait_share(call_); }
    poller(const poller&) = delete;
    poller& operator=(const poller&) = delete;
    ~poller() { coawait_release(call_); }
    // Once nobody polls any more, the turn is taken in a thread of ours.
    void post(turn* turn) const { coawait_post(call_, turn); }

   private:
    void* call_;
  };
  poller where_rust_polls() const noexcept { return poller(call()); }

  // Goes on, in the span of the call. It may be gone after that.
  void resume() {
    record("resumed");
    const entered_span span(*this);
    const resumption resumes(coroutine().address());
    coroutine().resume();
  }

  // Has a turn taken that destroys the coroutine, once it is suspended: this thread is about to do
  // that. GCC 15.2 does not take it that a frame goes within its own `await_suspend`.
  void after_suspension(turn* turn) noexcept {
    // The function that began it may be below us: so it waits until Rust polls, or lets go.
    if (!returned()) return post_to_rust(turn);
    if (resumption::ends_with(coroutine().address(), turn)) return;
    // Somebody else has resumed it.
    try {
      if (post(turn)) return;
    } catch (...) {
    }
    coawait_take_elsewhere(turn);
  }

  // Notes what happens to the coroutine, for the runs that the book shows.
  void record([[maybe_unused]] const char* event) const noexcept { COAWAIT_RECORD(event, call()); }

  // Told once when Rust leaves, even when nothing waits: the one that is there already, or this,
  // which the call owns from then on.
  turn* on_leaving(turn* unless_there_is_one) noexcept {
    return detail::coawait_on_leaving(call(), unless_there_is_one);
  }

  // Throws where it would wait and nobody could end it: the object that it runs for may go, and
  // ends no more than what its executor has.
  void may_wait() const {
    if (!executor_ && coawait_is_ended_by_its_object(call())) {
      throw Error(
          "this coroutine waits before it has gone to an executor, and its object, which has "
          "#[ends_calls] in the bridge, could not end it: co_await rust::async::schedule(…) first");
    }
  }

  // Whether the function that began the coroutine has surely returned.
  bool returned() const noexcept { return detail::coawait_returned(call()); }

  // That of the span in which Rust made the call; 0 without.
  std::uint64_t span_id() const noexcept { return detail::coawait_span_id(call()); }

  bool hang(turn* hook) noexcept { return detail::coawait_hang(call(), hook); }
  bool take_back(turn* hook) noexcept { return detail::coawait_take_back(call(), hook); }

  bool try_send(const void* item, const waiting* waker) noexcept {
    return detail::coawait_try_send(call(), item, waker);
  }

  // A frame is allocated with a header. When its memory is gone, and so all that was in it, in
  // whatever order the compiler destroys that, Rust is told.
  //
  // Never inlined: else GCC warns that one does not match the other.
  [[gnu::noinline]] static void* operator new(std::size_t size) noexcept {
    void* memory = ::operator new(sizeof(frame_header) + size, std::nothrow);
    if (!memory) return nullptr;
    return std::construct_at(static_cast<frame_header*>(memory)) + 1;
  }
  [[gnu::noinline]] static void operator delete(void* frame) noexcept {
    resumption::forget(frame);
    auto* memory = static_cast<frame_header*>(frame) - 1;
    const frame_header header = *memory;
    ::operator delete(memory);
    if (header.call) coawait_finish(header.call);
  }

 protected:
  ~promise_base() = default;

  // Valid as this is the first part of every promise, and aligned as they are.
  frame_header& header() const noexcept {
    return static_cast<frame_header*>(coroutine().address())[-1];
  }
  void* call() const noexcept { return header().call; }

 private:
  any_executor executor_;
};

// The compiler must not see that this never suspends: clang would then do without the allocation
// of a frame, and nobody would learn that it has gone.
struct begin_at_once {
  bool await_ready() const noexcept {
    bool ready = true;
    asm volatile("" : "+r"(ready));
    return ready;
  }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};

// The last suspension, after which the frame goes by itself.
//
// From version 15 on GCC counts who uses a frame, and the function that begins the coroutine is one
// of them until it returns. The count is not atomic: if the coroutine ends in another thread in
// that moment, the frame stays forever. So a coroutine that is as fast as that waits here until
// Rust polls, or lets go.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 15
class end_after_return : public turn {
 public:
  explicit end_after_return(promise_base& promise) noexcept
      : turn{nullptr, &end_after_return::take}, promise_(promise) {}

  bool await_ready() const noexcept { return promise_.returned(); }
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<>) noexcept {
    promise_.post_to_rust(this);
  }
  void await_resume() const noexcept {}

 private:
  static void take(turn* self, bool) {
    static_cast<end_after_return*>(self)->promise_.coroutine().destroy();
  }

  promise_base& promise_;
};
#else
struct end_after_return : std::suspend_never {
  explicit end_after_return(promise_base&) noexcept {}
};
#endif

// Asks those to stop who have a token, when Rust leaves.
class stop_request final : public turn {
 public:
  static std::stop_token of(promise_base& promise) {
    auto* there = promise.on_leaving(nullptr);
    if (!there) {
      auto mine = std::make_unique<stop_request>();
      there = promise.on_leaving(mine.get());
      if (there == mine.get()) mine.release();
    }
    return static_cast<stop_request*>(there)->source_.get_token();
  }

  stop_request() noexcept : turn{nullptr, &stop_request::take} {}

 private:
  static void take(turn* self, bool alive) {
    std::unique_ptr<stop_request> request(static_cast<stop_request*>(self));
    if (!alive) return;
    request->source_.request_stop();
    request.release();  // the call owns it still
  }

  std::stop_source source_;
};

// Waits on behalf of a coroutine that Rust awaits: goes on where the coroutine was, and destroys it
// when Rust has left.
class coroutine_wait : public wait {
 public:
  // While it looks.
  promise_base::entered_span enter() const noexcept {
    return promise_base::entered_span(*promise_);
  }

  // What `await_suspend` returns.
  bool begin_in(promise_base& promise) noexcept { return begin_in(promise, promise.room()); }

 protected:
  bool begin_in(promise_base& promise, room_pointer room) noexcept {
    promise_ = &promise;
    promise.record("awaits");
    return begin(std::move(room), [&](turn* hook) { return promise.hang(hook); });
  }

  // Valid as long as the coroutine waits.
  promise_base& promise() noexcept { return *promise_; }

  void resume() override { promise_->resume(); }
  void end() noexcept override { promise_->coroutine().destroy(); }
  void end_after_suspension(turn* ended) noexcept override { promise_->after_suspension(ended); }
  bool post(turn* turn) override { return promise_->post(turn); }
  bool take_back(turn* hook) noexcept override { return promise_->take_back(hook); }

 private:
  promise_base* promise_ = nullptr;
};

// --- Rust futures and streams, awaited. ----------------------------------------------------------

// A stream has no result.
template <typename T>
concept is_future = std::same_as<typename T::YieldResult, typename T::FinalResult>;

[[noreturn]] inline void throw_moved_from() {
  throw Error("this future or stream was awaited, or moved away, before");
}

// A box that was moved away is null in C++, and no value in Rust.
template <typename T>
bool is_null_box(const T&) noexcept {
  return false;
}
template <typename T>
bool is_null_box(const rust::Box<T>& box) noexcept {
  return box.operator->() == nullptr;
}

// A future and what it comes to; or a stream and its next item, if there is one.
template <typename Future>
class polled {
  using yielded = typename Future::YieldResult;
  static constexpr bool is_void = std::is_void_v<yielded>;
  static constexpr bool is_stream = !is_future<Future>;
  using stored = std::conditional_t<is_void, std::monostate, yielded>;

 public:
  using value = std::conditional_t<is_stream, std::optional<stored>, yielded>;

  // A stream goes back to where it came from with the item.
  explicit polled(Future& from) : from_(&from) {
    if (from.moved_from()) throw_moved_from();
    std::construct_at(&future_, std::move(from));
  }
  explicit polled(Future&& from)
    requires(!is_stream)
      : polled(from) {}
  ~polled() {
    forget();
    if (status_ == poll_status::value) std::destroy_at(&value_);
    if (status_ == poll_status::error) std::destroy_at(&error_);
  }
  polled(const polled&) = delete;
  polled& operator=(const polled&) = delete;

  // Whether it has come to something.
  bool poll(wait& waker) noexcept {
    (void)agreement<Future>::holds;
    status_ = coawait_poll(&future_, values_of<yielded>, &value_, &waker);
    if (status_ == poll_status::pending) return false;
    if constexpr (!is_stream) forget();
    return true;
  }

  // Lets go of it. Several threads may do so at once.
  void forget() noexcept {
    if (!forgotten_.exchange(true)) std::destroy_at(&future_);
  }

  // The value, or throws the error. Once.
  value get() {
    if constexpr (is_stream) *from_ = std::move(future_);
    if (status_ == poll_status::error) throw Error(std::string(error_));
    if constexpr (is_stream) {
      if (status_ == poll_status::end) return std::nullopt;
    }
    if constexpr (!is_void) return std::move(value_);
  }

 private:
  Future* from_;
  union {
    Future future_;
  };
  union {
    stored value_;
    rust::String error_;
  };
  poll_status status_ = poll_status::pending;
  std::atomic<bool> forgotten_ = false;
};

// Looks for what it waits for on behalf of some kind of `Wait`, and lets go of it as soon as
// nobody wants it.
template <typename Source, typename Wait>
class source_wait final : public Wait {
 public:
  template <typename... Args>
  explicit source_wait(Args&&... args) : source_(std::forward<Args>(args)...) {}
  auto get() { return source_.get(); }

 private:
  bool step() noexcept override {
    [[maybe_unused]] const auto span = this->enter();
    return source_.poll(*this);
  }
  void end() noexcept override {
    source_.forget();
    Wait::end();
  }
  void forget() noexcept override { source_.forget(); }

  Source source_;
};

// Waits on behalf of a coroutine of some other kind, which its owner may destroy meanwhile. It goes
// on in a thread of ours, for where it would rather be it does not say.
class foreign_wait : public wait {
 public:
  bool begin_in(std::coroutine_handle<> coroutine) noexcept {
    coroutine_ = coroutine;
    return begin(room_pointer(), [](turn*) { return true; });
  }
  // The coroutine is there no more, or goes on.
  void leave() noexcept { cancel(); }
  std::monostate enter() const noexcept { return {}; }

 protected:
  void resume() override { coroutine_.resume(); }
  void end() noexcept override {}
  bool post(turn* turn) override {
    coawait_take_elsewhere(turn);
    return true;
  }
  bool take_back(turn*) noexcept override { return true; }

 private:
  std::coroutine_handle<> coroutine_;
};

// In a coroutine that Rust awaits: waits for what a source has.
template <typename Source>
class source_awaiter {
  using wait_type = source_wait<Source, coroutine_wait>;

 public:
  template <typename... Args>
  explicit source_awaiter(promise_base& promise, Args&&... args)
      : promise_(promise),
        wait_(std::make_unique<wait_type>(std::forward<Args>(args)...).release()) {}

  bool await_ready() const noexcept { return false; }
  // Never inlined: else clang 17 and 18 keep locals of this function in the coroutine's frame.
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<>) noexcept {
    return wait_->begin_in(promise_);
  }
  auto await_resume() { return wait_->get(); }

 private:
  promise_base& promise_;
  counted_pointer<wait_type> wait_;
};

// In a coroutine of any other kind.
template <typename Source>
class foreign_awaiter {
  using wait_type = source_wait<Source, foreign_wait>;

 public:
  template <typename... Args>
  explicit foreign_awaiter(Args&&... args)
      : wait_(std::make_unique<wait_type>(std::forward<Args>(args)...).release()) {}
  foreign_awaiter(foreign_awaiter&&) noexcept = default;
  ~foreign_awaiter() {
    if (wait_) wait_->leave();
  }

  bool await_ready() const noexcept { return false; }
  // Never inlined: else clang 17 and 18 keep locals of this function in the coroutine's frame.
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> coroutine) noexcept {
    return wait_->begin_in(coroutine);
  }
  auto await_resume() { return wait_->get(); }

  // There may be something to see. Any thread may call it.
  void wake() noexcept { wait_->wake(); }

 private:
  counted_pointer<wait_type> wait_;
};

// --- What is yielded. ----------------------------------------------------------------------------

template <typename Item>
class yield_wait final : public coroutine_wait {
 public:
  explicit yield_wait(Item&& item) noexcept { std::construct_at(&item_, std::move(item)); }
  ~yield_wait() override {
    if (!sent_) std::destroy_at(&item_);
  }

 private:
  bool step() noexcept override { return sent_ = promise().try_send(&item_, this); }

  union {
    Item item_;
  };
  bool sent_ = false;
};

// Waits until Rust has taken the item before.
template <typename Item>
class yield_awaiter {
 public:
  yield_awaiter(promise_base& promise, Item&& item)
      : promise_(promise), wait_(std::make_unique<yield_wait<Item>>(std::move(item)).release()) {}

  bool await_ready() const noexcept { return false; }
  // Never inlined: else clang 17 and 18 keep locals of this function in the coroutine's frame.
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<>) noexcept {
    return wait_->begin_in(promise_);
  }
  void await_resume() const noexcept {}

 private:
  promise_base& promise_;
  counted_pointer<yield_wait<Item>> wait_;
};

// --- Going to an executor. -----------------------------------------------------------------------

// A turn on the executor that the promise was given.
class coroutine_turn : public turn {
 protected:
  coroutine_turn(promise_base& promise, void (*take)(turn*, bool)) noexcept
      : turn{nullptr, take}, promise_(promise) {}

  promise_base& promise() const noexcept { return promise_; }

  // What `await_suspend` does; the turn may have been taken when it returns, and this be gone.
  // Throws what the executor throws when it refuses the turn.
  void suspend() {
    if (!promise_.left() && promise_.post(this)) return;
    turn::take = &coroutine_turn::end;
    promise_.after_suspension(this);
  }

 private:
  static void end(turn* self, bool) {
    static_cast<coroutine_turn*>(self)->promise_.coroutine().destroy();
  }

  promise_base& promise_;
};

class schedule_awaiter : public coroutine_turn {
 public:
  explicit schedule_awaiter(promise_base& promise) noexcept
      : coroutine_turn(promise, &schedule_awaiter::take) {}

  bool await_ready() const noexcept { return false; }
  // Never inlined: else clang 17 and 18 keep locals of this function in the coroutine's frame,
  // which may be at work, or gone, before the post returns.
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<>) { suspend(); }
  void await_resume() const noexcept {}

 private:
  static void take(turn* self, bool alive) {
    auto& promise = static_cast<schedule_awaiter*>(self)->promise();
    if (!alive || promise.left()) return promise.coroutine().destroy();
    promise.resume();
  }
};

// What `co_await` takes that needs to know the coroutine: it is given its promise.
template <typename T>
concept bindable =
    requires(T&& awaited, promise_base& promise) { std::forward<T>(awaited).bind(promise); };

template <typename Executor>
struct [[nodiscard("write co_await before it")]] scheduled {
  Executor executor;
  auto bind(promise_base& promise) && {
    promise.executor().change_to(std::move(executor));
    return schedule_awaiter(promise);
  }
};

// How a library's own awaitables are awaited in a coroutine that Rust awaits. Specialised with a
// `static auto bind(promise_base&, T&&)` by that library's header.
template <typename T>
struct awaitable_traits {};

template <typename T>
concept adapted = requires(T&& awaited, promise_base& promise) {
  awaitable_traits<std::remove_cvref_t<T>>::bind(promise, std::forward<T>(awaited));
};

// What a coroutine that Rust awaits may ask of its call, as `this_coro` has it.
template <auto Ask>
struct question {
  struct answer {
    decltype(Ask(std::declval<promise_base&>())) value;
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    auto await_resume() { return std::move(value); }
  };
  answer bind(promise_base& promise) const { return {Ask(promise)}; }
};

inline std::uint64_t span_id_of(promise_base& promise) { return promise.span_id(); }

// The next item of a stream, for whoever awaits it.
template <typename Stream>
class [[nodiscard("write co_await before it")]] next_item {
 public:
  using source = polled<Stream>;

  explicit next_item(Stream& stream) noexcept : stream_(stream) {}
  Stream& stream() const noexcept { return stream_; }

  auto bind(promise_base& promise) && {
    promise.may_wait();
    return source_awaiter<polled<Stream>>(promise, stream_);
  }
  auto operator co_await() && { return foreign_awaiter<polled<Stream>>(stream_); }

 private:
  Stream& stream_;
};

// --- The types themselves. -----------------------------------------------------------------------

}  // namespace detail

// What a coroutine that Rust awaits is told of itself, by `co_await`.
namespace this_coro {

// A std::stop_token: stop is requested when Rust lets go of the future, in the thread that does.
inline constexpr detail::question<&detail::stop_request::of> stop_token{};

// The std::uint64_t that `Span::id` is in Rust: of the `tracing` span in which the call was made,
// or 0 where there is none.
inline constexpr detail::question<&detail::span_id_of> span_id{};

}  // namespace this_coro

// The base of all futures and streams: two words of Rust's.
template <typename Derived>
class RustFuture {
 public:
  using IsRelocatable = std::true_type;  // for cxx

  RustFuture(RustFuture&& other) noexcept
      : words_{std::exchange(other.words_[0], nullptr), std::exchange(other.words_[1], nullptr)} {}
  RustFuture& operator=(RustFuture&& other) noexcept {
    if (this != &other) {
      reset();
      words_[0] = std::exchange(other.words_[0], nullptr);
      words_[1] = std::exchange(other.words_[1], nullptr);
    }
    return *this;
  }
  ~RustFuture() { reset(); }

  // Whether it was awaited, or moved away.
  bool moved_from() const noexcept { return !words_[0] && !words_[1]; }

  // A future in a coroutine that Rust awaits, and in one of any other kind.
  template <typename Future = Derived>
    requires detail::is_future<Future>
  auto bind(detail::promise_base& promise) && {
    promise.may_wait();
    return detail::source_awaiter<detail::polled<Future>>(promise, static_cast<Future&>(*this));
  }
  template <typename Future = Derived>
    requires detail::is_future<Future>
  auto operator co_await() && {
    return detail::foreign_awaiter<detail::polled<Future>>(static_cast<Future&>(*this));
  }

  // A stream: `co_await next()` is a std::optional, empty at the end. While it is awaited the
  // stream is as if it were moved away.
  template <typename Stream = Derived>
    requires(!detail::is_future<Stream>)
  auto next() {
    return detail::next_item<Stream>(static_cast<Stream&>(*this));
  }

 protected:
  // Begins a call, and is its future.
  explicit RustFuture(void*& call) noexcept {
    call = detail::coawait_begin(words_, detail::values_of<typename Derived::YieldResult>,
                                 Derived::buffer(), !detail::is_future<Derived>);
  }

 private:
  void reset() noexcept {
    if (!moved_from()) detail::coawait_drop(words_);
  }

  void* words_[2];
};

namespace detail {

template <typename Future>
concept rust_future = std::derived_from<Future, RustFuture<Future>> && is_future<Future>;
template <typename Stream>
concept rust_stream = std::derived_from<Stream, RustFuture<Stream>> && !is_future<Stream>;

// A value that is Rust's as soon as Rust has seen it: its destructor does not run here.
template <typename T>
union given_away {
  T value;
  explicit given_away(T&& given) noexcept : value(std::move(given)) {}
  ~given_away() {}
};

// What a coroutine may return: the result of a future, or nothing at the end of a stream.
template <typename Future, typename Result = typename Future::FinalResult>
class returning_promise : public promise_base {
 public:
  void return_value(Result&& value) {
    if (is_null_box(value)) throw Error("this rust::Box was moved away before");
    const given_away<Result> sent(std::move(value));
    detail::coawait_send(this->call(), &sent.value);
  }
  void return_value(const Result& value)
    requires std::copy_constructible<Result>
  {
    return_value(Result(value));
  }
};

template <typename Future>
class returning_promise<Future, void> : public promise_base {
 public:
  void return_void() noexcept {
    if constexpr (std::is_void_v<typename Future::YieldResult>) {
      detail::coawait_send(call(), this);  // nothing is read
    } else {
      detail::coawait_complete(call());
    }
  }
};

}  // namespace detail

// The promise of a coroutine that returns a Rust future or stream.
template <typename Future>
class promise final : public detail::returning_promise<Future> {
 public:
  Future get_return_object() noexcept {
    (void)detail::agreement<Future>::holds;
    return Future(this->header().call);
  }

  // There is no memory for the frame. Rust is told as of any other exception.
  static Future get_return_object_on_allocation_failure() noexcept {
    (void)detail::agreement<Future>::holds;
    void* call = nullptr;
    Future future(call);
    constexpr std::string_view said = "std::bad_alloc: there is no memory for a coroutine's frame";
    detail::coawait_fail(call, said.data(), said.size());
    detail::coawait_finish(call);
    return future;
  }

  detail::begin_at_once initial_suspend() const noexcept { return {}; }
  detail::end_after_return final_suspend() noexcept {
#if !defined(__clang__)  // which does not compile a future without its `co_return`
    if constexpr (detail::is_future<Future>) detail::coawait_ended(this->call());
#endif
    return detail::end_after_return(*this);
  }

  void unhandled_exception() noexcept {
    behavior::TryCatch<Future, behavior::Custom>::trycatch(
        [] { throw; },
        [this](const char* what) {
          const std::string_view said = what ? what : "a C++ exception that says nothing";
          detail::coawait_fail(this->call(), said.data(), said.size());
        });
  }

  template <typename Item>
    requires(std::is_void_v<typename Future::FinalResult> &&
             std::convertible_to<Item, typename Future::YieldResult>)
  auto yield_value(Item&& item) {
    using value = typename Future::YieldResult;
    this->may_wait();
    if (detail::is_null_box(item)) throw Error("this rust::Box was moved away before");
    return detail::yield_awaiter<value>(*this, value(std::forward<Item>(item)));
  }

  template <typename Awaited>
  decltype(auto) await_transform(Awaited&& awaited) {
    if constexpr (detail::bindable<Awaited>) {
      return std::forward<Awaited>(awaited).bind(*this);
    } else if constexpr (detail::adapted<Awaited>) {
      return detail::awaitable_traits<std::remove_cvref_t<Awaited>>::bind(
          *this, std::forward<Awaited>(awaited));
    } else {
      this->may_wait();
      // Nobody knows where the coroutine is while it waits for that. Its executor may go.
      this->room();
      return std::forward<Awaited>(awaited);
    }
  }
};

// A future that either language makes and either awaits; `async fn` in Rust.
template <typename T>
class [[nodiscard]] future final : public RustFuture<future<T>> {
 public:
  using YieldResult = T;
  using FinalResult = T;
  using promise_type = promise<future>;
  static constexpr std::size_t buffer() noexcept { return 1; }

 private:
  friend promise_type;
  using RustFuture<future>::RustFuture;
};

// A stream of items, of which so many may wait to be read; `impl Stream` in Rust.
template <typename T, std::size_t so_many = 1>
class [[nodiscard]] stream final : public RustFuture<stream<T, so_many>> {
  static_assert(so_many > 0, "at least one item has to fit");
  static_assert(!std::is_void_v<T>, "a stream has items");

 public:
  using YieldResult = T;
  using FinalResult = void;
  using promise_type = promise<stream>;
  static constexpr std::size_t buffer() noexcept { return so_many; }

 private:
  friend promise_type;
  using RustFuture<stream>::RustFuture;
};

// --- A program that C++ owns. --------------------------------------------------------------------

namespace detail {

// Waits on behalf of a thread, which has the turns.
class thread_wait : public wait {
 public:
  // Returns when it goes on.
  void block() noexcept {
    const auto unhooked = [](turn*) { return true; };
    if (!begin(room_pointer(), unhooked)) return;
    std::unique_lock lock(mutex_);
    while (!goes_on_) {
      changed_.wait(lock, [&] { return turn_ != nullptr; });
      auto* const turn = std::exchange(turn_, nullptr);
      lock.unlock();
      turn->take(turn, true);
      lock.lock();
    }
  }
  std::monostate enter() const noexcept { return {}; }

 private:
  bool post(turn* turn) override {
    const std::lock_guard lock(mutex_);
    turn_ = turn;
    changed_.notify_one();  // within the lock: after it the wait may be gone
    return true;
  }
  bool take_back(turn*) noexcept override { return true; }
  void resume() override { goes_on_ = true; }

 protected:
  void end() noexcept override {}

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  turn* turn_ = nullptr;
  bool goes_on_ = false;
};

template <typename Source, typename... Args>
auto block_on_source(Args&&... args) {
  const auto waits =
      counted_pointer<source_wait<Source, thread_wait>>::make(std::forward<Args>(args)...);
  waits->block();
  return waits->get();
}

}  // namespace detail

// Waits for a future in this thread, where it is polled: its value, or throws the error. For a
// program that C++ owns; a thread that runs others' work would keep them waiting.
template <detail::rust_future Future>
typename Future::YieldResult block_on(Future future) {
  return detail::block_on_source<detail::polled<Future>>(std::move(future));
}

// The same for the next item of a stream: `block_on(stream.next())`.
template <typename Stream>
std::optional<typename Stream::YieldResult> block_on(detail::next_item<Stream> next) {
  return detail::block_on_source<detail::polled<Stream>>(next.stream());
}

// What a future came to.
template <typename T>
class result {
 public:
  // From what a source has.
  template <typename Source>
  explicit result(std::in_place_t, Source& source) noexcept {
    try {
      if constexpr (std::is_void_v<T>) {
        source.get();
      } else {
        value_.emplace(source.get());
      }
    } catch (...) {
      error_ = std::current_exception();
    }
  }

  // The value, or throws the error. Once.
  T get() {
    if (error_) std::rethrow_exception(error_);
    if constexpr (!std::is_void_v<T>) return std::move(*value_);
  }

 private:
  std::exception_ptr error_;
  std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> value_;
};

namespace detail {

// Has a future polled in threads of ours, and calls a function with what it comes to.
template <typename Future, typename Done>
class started_wait : public wait {
 public:
  started_wait(Future&& future, Done&& done) : source_(future), done_(std::move(done)) {}

  void start() noexcept { begin_elsewhere(); }

 private:
  bool step() noexcept override { return source_.poll(*this); }
  bool post(turn* turn) override {
    coawait_take_elsewhere(turn);
    return true;
  }
  bool take_back(turn*) noexcept override { return false; }
  void resume() noexcept override {
    const counted_pointer self(this);
    result<typename Future::YieldResult> outcome(std::in_place, source_);
    std::move(done_)(std::move(outcome));
  }
  void end() noexcept override { release(); }

  polled<Future> source_;
  Done done_;
};

}  // namespace detail

// Has a future polled in threads of the bridge, and calls `done` in one of them, never within this,
// with a `result<T>`: its `get()` is the value, or throws the error. What `done` throws ends the
// process.
template <detail::rust_future Future, typename Done>
  requires std::invocable<Done, result<typename Future::YieldResult>>
void start(Future future, Done done) {
  using wait_type = detail::started_wait<Future, Done>;
  std::make_unique<wait_type>(std::move(future), std::move(done)).release()->start();
}

}  // namespace bridge

}  // namespace rust::async

// --- The parameters of a coroutine. --------------------------------------------------------------

namespace rust::async::detail {

// What refers to a range that somebody else owns; of the standard library's, and of all others that
// say so, as Folly's do.
template <typename T>
constexpr bool is_view = std::ranges::enable_borrowed_range<T> || std::same_as<T, rust::Str> ||
                         std::same_as<T, const char*>;
template <typename T>
constexpr bool is_view<rust::Slice<T>> = true;
template <typename T>
constexpr bool is_view<std::initializer_list<T>> = true;
// And what has one in it.
template <typename T>
constexpr bool is_view<std::optional<T>> = is_view<T>;
template <typename T, typename... Rest>
constexpr bool is_view<std::vector<T, Rest...>> = is_view<T>;
template <typename T, std::size_t size>
constexpr bool is_view<std::array<T, size>> = is_view<T>;
template <typename First, typename Second>
constexpr bool is_view<std::pair<First, Second>> = is_view<First> || is_view<Second>;
template <typename... Parts>
constexpr bool is_view<std::tuple<Parts...>> = (is_view<Parts> || ...);
template <typename... Parts>
constexpr bool is_view<std::variant<Parts...>> = (is_view<Parts> || ...);

// What languages pass by value, and not an object that is referred to: what cxx marks so, among it.
template <typename T>
constexpr bool is_value = std::is_scalar_v<T> || is_view<T> || std::same_as<T, rust::String> ||
                          requires { typename T::IsRelocatable; } ||
                          requires { typename T::allocator_type; };  // strings and containers
template <typename T>
constexpr bool is_value<rust::Vec<T>> = true;
template <typename T>
constexpr bool is_value<rust::Box<T>> = true;
template <typename T, std::size_t size>
constexpr bool is_value<std::array<T, size>> = true;
template <typename First, typename Second>
constexpr bool is_value<std::pair<First, Second>> = true;
template <typename... Parts>
constexpr bool is_value<std::tuple<Parts...>> = true;
template <typename... Parts>
constexpr bool is_value<std::variant<Parts...>> = true;
template <typename T, typename Delete>
constexpr bool is_value<std::unique_ptr<T, Delete>> = true;
template <typename T>
constexpr bool is_value<std::shared_ptr<T>> = true;
template <typename T>
constexpr bool is_value<std::optional<T>> = true;
template <typename Signature>
constexpr bool is_value<std::function<Signature>> = true;

// What refers to a value is as good as a view of it.
template <typename T>
constexpr bool is_view<T&> = is_value<std::remove_cv_t<T>>;
template <typename T>
constexpr bool is_view<std::reference_wrapper<T>> = is_view<T&>;

// Whether it is the type of a lambda: no trait tells, but the name that compilers give it does.
template <typename T>
constexpr bool is_lambda() {
  const std::string_view name = __PRETTY_FUNCTION__;
  return name.find("(lambda at ") != name.npos || name.find("<lambda") != name.npos;
}

// As long as its coroutine is read, a lambda is no complete type: so this is looked at later.
template <typename Lambda>
void check_captures() {
  static_assert(
      std::is_empty_v<Lambda>,
      "what a lambda captures goes with the lambda, and not with its coroutine: pass it as "
      "a parameter");
}
template <void (*)()>
constexpr bool checked_later = true;

// Whether a coroutine of a future or a stream may have a parameter of this type.
template <typename Parameter>
constexpr bool checked_parameter() {
  using type = std::remove_cvref_t<Parameter>;
  static_assert(std::is_reference_v<Parameter> || !is_view<std::remove_cv_t<Parameter>>,
                "a view as a parameter of a coroutine points at what its caller may free while it "
                "waits: take a value, such as String or Vec<u8>");
  static_assert(!std::is_rvalue_reference_v<Parameter>,
                "an rvalue reference as a parameter of a coroutine refers to what is gone when it "
                "waits: take a value");
  static_assert(
      !(std::is_lvalue_reference_v<Parameter> && is_value<type>),
      "a reference to a value as a parameter of a coroutine refers to what its caller may "
      "free while it waits: take a value");
  if constexpr (std::is_lvalue_reference_v<Parameter> && is_lambda<type>()) {
    return checked_later<&check_captures<type>>;
  } else {
    return true;
  }
}

}  // namespace rust::async::detail

template <typename Future, typename... Parameters>
  requires std::derived_from<Future, rust::async::RustFuture<Future>>
struct std::coroutine_traits<Future, Parameters...> {
  static_assert((rust::async::detail::checked_parameter<Parameters>() && ...));
  using promise_type = typename Future::promise_type;
};

// --- The macros. ---------------------------------------------------------------------------------

#define CXXASYNC_DEFINE_FUTURE(type, ...) \
  COAWAIT_EVAL(COAWAIT_IN(type, type, coawait_, __VA_ARGS__)) static_assert(true)
#define CXXASYNC_DEFINE_STREAM(type, ...) \
  COAWAIT_EVAL(COAWAIT_IN(type, void, coawait_, __VA_ARGS__)) static_assert(true)

// Of `outer, Name`: the namespace, and in it the type, whose function in Rust is called
// `coawait_outer$Name_in_rust`.
#define COAWAIT_IN(type, final_type, joined, name, ...)                                      \
  __VA_OPT__(namespace name{                                                                 \
      COAWAIT_IN_AGAIN COAWAIT_PARENTHESES(type, final_type, joined##name##$, __VA_ARGS__)}) \
  COAWAIT_TYPE##__VA_OPT__(_IS_FURTHER_IN)(type, final_type, joined##name##_in_rust, name)
#define COAWAIT_IN_AGAIN() COAWAIT_IN
#define COAWAIT_PARENTHESES ()
#define COAWAIT_TYPE_IS_FURTHER_IN(...)
#define COAWAIT_TYPE(type, final_type, symbol, name)                                       \
  extern "C" const ::rust::async::detail::declared* symbol() noexcept;                     \
  struct [[nodiscard]] name final : ::rust::async::RustFuture<name> {                      \
    using YieldResult = type;                                                              \
    using FinalResult = final_type;                                                        \
    using promise_type = ::rust::async::promise<name>;                                     \
    static const ::rust::async::detail::declared& in_rust() noexcept { return *symbol(); } \
    static std::size_t buffer() noexcept { return in_rust().buffer; }                      \
    static constexpr const char* bridge_name = #name;                                      \
                                                                                           \
   private:                                                                                \
    friend promise_type;                                                                   \
    using ::rust::async::RustFuture<name>::RustFuture;                                     \
  };

// As many scans as there are namespaces, and more.
#define COAWAIT_EVAL(...) COAWAIT_EVAL_4(COAWAIT_EVAL_4(COAWAIT_EVAL_4(__VA_ARGS__)))
#define COAWAIT_EVAL_4(...) COAWAIT_EVAL_1(COAWAIT_EVAL_1(COAWAIT_EVAL_1(__VA_ARGS__)))
#define COAWAIT_EVAL_1(...) __VA_ARGS__
