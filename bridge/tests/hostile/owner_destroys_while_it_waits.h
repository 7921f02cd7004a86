#pragma once

#include <coroutine>
#include <memory>

#include "bridge-tests/hostile/numbers.h"

// Owns a coroutine of another kind that awaits Rust, and destroys it.
class Owner {
 public:
  explicit Owner(FutureNumber future);
  explicit Owner(StreamNumber stream);
  Owner(const Owner&) = delete;
  ~Owner() { coroutine_.destroy(); }

 private:
  std::coroutine_handle<> coroutine_;
};

std::unique_ptr<Owner> owner_of_who_awaits(FutureNumber future);
std::unique_ptr<Owner> owner_of_who_reads(StreamNumber stream);
