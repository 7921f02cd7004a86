// The C++ side of cxx-async-tokio: what a function takes that Rust calls through `guard`.
//
//   RustFutureBytes convert(rust::Vec<std::uint8_t> jpeg,
//                           rust::Box<cxx_async_tokio::CallToken> token);
//
// The token is the last parameter, and it is taken by value, so that it lives in the coroutine's
// frame: its destruction with the frame is what tells Rust that C++ has finished. Whoever has long
// work to do asks `token->cancelled()` where stopping makes sense.
//
// Included before a coroutine is defined, this header also makes every exception arrive in Rust as
// an error: cxx-async alone catches `std::exception` only, and anything else would end the process.
// And it makes `co_yield` safe in a stream.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <utility>

#include "cxx-async-tokio/src/token.rs.h"
#include "rust/cxx_async.h"

namespace rust::async::behavior {

template <typename Future>
struct TryCatch<Future, Custom> {
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

}  // namespace rust::async::behavior

namespace rust::async {

// What `co_yield` awaits. It stands in for the awaiter of cxx-async 0.1.4, which writes to the
// coroutine's frame after it has handed out the waker: by then another thread may have resumed the
// coroutine, and ended it. Here nothing of the frame is touched after that.
template <typename Stream>
  requires std::derived_from<Stream, RustFuture<Stream>>
class RustStreamAwaiter<Stream> {
  using item = typename Stream::YieldResult;

 public:
  RustStreamAwaiter(RustSender<Stream>& sender, item&& value) : sender_(sender) {
    std::construct_at(&value_.m_result, std::move(value));
  }
  RustStreamAwaiter(const RustStreamAwaiter&) = delete;
  RustStreamAwaiter& operator=(const RustStreamAwaiter&) = delete;
  ~RustStreamAwaiter() {
    if (!sent_) std::destroy_at(&value_.m_result);
  }

  bool await_ready() const noexcept { return false; }

  // Never inlined: clang before 17 then keeps locals of this function in the coroutine's frame.
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> coroutine) {
    auto* waker =
        new SuspendedCoroutine(std::make_unique<CoroutineHandleContinuation>(std::move(coroutine)),
                               [this](SuspendedCoroutine* waker) { return send(waker); });
    return waker->initial_suspend();  // takes over the reference
  }

  void await_resume() const noexcept {}

 private:
  FutureWakeStatus send(SuspendedCoroutine* waker) noexcept {
    const auto result = static_cast<RustSendResult>(Stream::vtable()->sender_send(
        sender_, static_cast<std::uint32_t>(FuturePollStatus::Running), &value_, waker->add_ref()));
    if (result != RustSendResult::Sent) return FutureWakeStatus::Pending;
    // Rust has taken the value over, bit by bit; only this thread may resume the coroutine now.
    sent_ = true;
    return FutureWakeStatus::Complete;
  }

  RustSender<Stream>& sender_;
  RustFutureResult<item> value_;
  bool sent_ = false;
};

}  // namespace rust::async
