// A frame that is destroyed within its own `await_suspend`, which the standard allows: the
// coroutine is suspended by then. GCC 15.2 crashes (GCC PR 121961). The bridge does not do it.
#include <cstdio>

#include "task.h"

namespace {

int alive = 0;

struct local {
  local() { ++alive; }
  ~local() { --alive; }
};

struct destroys {
  bool await_ready() const noexcept { return false; }
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) const noexcept {
    coroutine.destroy();
  }
  void await_resume() const noexcept {}
};

task ends() {
  local here;
  co_await std::suspend_always();
  co_await destroys();
  co_return 1;
}

}  // namespace

int main() {
  if (gcc == 1502) {
    std::puts("left out: this compiler crashes");
    return 0;
  }
  ends().coroutine.resume();
  std::puts(alive == 0 ? "the frame is gone" : "the frame is there");
  return alive != 0;
}
