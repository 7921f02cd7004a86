#include "bridge-tests/hostile/owner_destroys_while_it_waits.h"

#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/owner_destroys_while_it_waits.rs.h"

namespace {

struct owned {
  struct promise_type {
    owned get_return_object() noexcept {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
  std::coroutine_handle<> coroutine;
};

owned awaits(FutureNumber future) {
  frame alive;
  co_await std::move(future);
}

owned reads(StreamNumber stream) {
  frame alive;
  while (co_await stream.next()) {
  }
}

}  // namespace

Owner::Owner(FutureNumber future) : coroutine_(awaits(std::move(future)).coroutine) {}
Owner::Owner(StreamNumber stream) : coroutine_(reads(std::move(stream)).coroutine) {}

std::unique_ptr<Owner> owner_of_who_awaits(FutureNumber future) {
  return std::make_unique<Owner>(std::move(future));
}

std::unique_ptr<Owner> owner_of_who_reads(StreamNumber stream) {
  return std::make_unique<Owner>(std::move(stream));
}
