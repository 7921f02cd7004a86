// Whether the awaiter of `co_yield` writes to the coroutine's frame after it has handed out its
// waker: by then another thread may have resumed the coroutine, and ended it.
//
// Included where the awaiter is cxx-async's own, and where it is that of cxx-async-tokio.
#pragma once

#include <coroutine>
#include <cstdint>
#include <utility>

#include "rust/cxx_async.h"

namespace {

// What is yielded. It lives in the frame, and tells that it was written to.
struct Yielded {
  Yielded() = default;
  Yielded(Yielded&&) noexcept {}
  Yielded& operator=(Yielded&&) noexcept {
    written = true;
    return *this;
  }

  inline static bool written = false;
};

class YieldedStream : public rust::async::RustFuture<YieldedStream> {
 public:
  using YieldResult = Yielded;

  static const rust::async::Vtable<YieldedStream>* vtable();
};

}  // namespace

// The end that Rust would have made.
template <>
class rust::async::RustSender<YieldedStream> {};

namespace {

// Stands for Rust, whose slot is full: it keeps the waker, so the coroutine has to wait.
std::uint32_t is_full(rust::async::RustSender<YieldedStream>&, std::uint32_t, const void*,
                      const void* waker) {
  Yielded::written = false;
  auto* kept = static_cast<const rust::async::SuspendedCoroutine*>(waker);
  const_cast<rust::async::SuspendedCoroutine*>(kept)->release();
  return static_cast<std::uint32_t>(rust::async::RustSendResult::Wait);
}

const rust::async::Vtable<YieldedStream>* YieldedStream::vtable() {
  static const rust::async::Vtable<YieldedStream> table{nullptr, is_full, nullptr, nullptr,
                                                        nullptr};
  return &table;
}

bool writes_after_handing_out_its_waker() {
  rust::async::RustSender<YieldedStream> sender;
  Yielded value;
  rust::async::RustStreamAwaiter<YieldedStream> awaiter(sender, std::move(value));
  awaiter.await_suspend(std::noop_coroutine());
  return Yielded::written;
}

}  // namespace
