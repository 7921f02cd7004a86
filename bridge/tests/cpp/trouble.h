// What goes wrong in the book's page on debugging.
#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "bridge-tests/cpp/calls.h"

// Goes to no pool, and computes after a `co_await` until it is told to stop.
FutureInt computes_anywhere(FutureInt seed);
FutureInt computes_in_pool(const Pool& pool, FutureInt seed);
bool is_computing();
void stop_computing();

// Hands the number that it is given to whoever waits for it. It keeps bare handles, so it does not
// notice when Rust leaves.
class Letterbox {
 public:
  FutureInt wait_for_letter() const;
  void deliver(std::int64_t letter) const;

 private:
  struct letter;

  mutable std::mutex mutex_;  // guards the two below
  mutable std::vector<std::coroutine_handle<>> waiting_;
  mutable std::int64_t last_ = 0;
};

std::unique_ptr<Letterbox> new_letterbox();
