#pragma once

#include <memory>

#include "bridge-tests/hostile/numbers.h"

// A mutex for keys whose copying may throw.
class BrittleLine {
 public:
  BrittleLine();
  BrittleLine(const BrittleLine&) = delete;
  ~BrittleLine();

  // Holds the key as long as it awaits Rust.
  FutureNumber hold(std::int64_t key, FutureNumber until) const;
  FutureNumber hold_in(const Pool& pool, std::int64_t key, FutureNumber until) const;

 private:
  struct keys;
  std::unique_ptr<keys> keys_;
};

std::unique_ptr<BrittleLine> new_brittle_line();
// Has the copy throw before which so many succeed; none where the number is negative.
void throw_after_copies(std::int64_t count);
// Whether one has thrown since.
bool has_thrown();
