#pragma once

#include <memory>

#include "bridge-tests/hostile/numbers.h"

// A mutex for each number, which outlives the pools of those that wait.
class Line {
 public:
  Line();
  Line(const Line&) = delete;
  ~Line();

  // Holds the key as long as it awaits Rust: where Rust polls, and in the pool.
  FutureNumber hold(std::int64_t key, FutureNumber until) const;
  FutureNumber hold_in(const Pool& pool, std::int64_t key, FutureNumber until) const;

 private:
  struct keys;
  std::unique_ptr<keys> keys_;
};

std::unique_ptr<Line> new_line();
