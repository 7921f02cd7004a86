// The destructor of `auto [a, b] = co_await …` of a std::tuple, where the frame is destroyed while
// it waits later on. GCC 15.3 leaves it out (GCC PR 124584), and says with -Wall that something
// "may be used uninitialized". A named variable is destroyed.
#include <cstdio>
#include <memory>
#include <tuple>

#include "task.h"

namespace {

int alive = 0;

struct counted {
  counted() { ++alive; }
  counted(const counted&) = delete;
  counted(counted&&) noexcept { ++alive; }
  ~counted() { --alive; }
};

struct gives_a_pair {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  std::tuple<int, std::unique_ptr<counted>> await_resume() const {
    return {1, std::make_unique<counted>()};
  }
};

task binds() {
  auto [number, held] = co_await gives_a_pair();
  co_await std::suspend_always();
  co_return number + (held ? 1 : 0);
}

}  // namespace

int main() {
  const auto coroutine = binds().coroutine;
  coroutine.resume();
  coroutine.destroy();
  std::puts(alive == 0 ? "what was bound is destroyed" : "what was bound is not destroyed");
  // Of 15.1 and 15.2 nobody here knows.
  const bool may_be_wrong = gcc >= 1501 && gcc <= 1503;
  return gcc == 1503 ? alive == 0 : alive != 0 && !may_be_wrong;
}
