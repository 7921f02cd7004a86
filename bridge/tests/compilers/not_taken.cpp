// A `co_await` in a branch of `?:`, `&&` or `||` that is not taken. GCC 13 to 16 runs it.
#include <cstdio>

#include "task.h"

namespace {

int awaited = 0;

struct counts {
  bool await_ready() const noexcept {
    ++awaited;
    return true;
  }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  int await_resume() const noexcept { return 1; }
};

task chooses(bool no) { co_return no ? co_await counts() : 4; }
task any(bool yes) { co_return yes || co_await counts(); }
task sum(bool no) {
  int all = 3;
  all += no ? co_await counts() : 1;
  co_return all;
}
// As it is to be written.
task branches(bool no) {
  if (no) co_return co_await counts();
  co_return 4;
}

bool runs_it(task finished) {
  finished.coroutine.destroy();
  return awaited > 0;
}

}  // namespace

int main() {
  constexpr bool is_wrong = gcc >= 1300 && gcc < 1700;
  const bool branch = runs_it(branches(false));
  const bool wrong = runs_it(chooses(false)) || runs_it(any(true)) || runs_it(sum(false));
  std::puts(wrong ? "a co_await that is not taken is run"
                  : "a co_await that is not taken is not run");
  return branch || wrong != is_wrong;
}
