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
// an error. cxx-async alone catches `std::exception` only; anything else would end the process.
#pragma once

#include <exception>

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
