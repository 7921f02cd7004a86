#pragma once

#include "bridge-tests/hostile/folly/runs.h"

// Keeps a thread of the pool busy until the gate is opened.
void keep_busy(const FollyPool& pool, std::shared_ptr<Gate> gate);
// Runs a task whose body counts itself.
FutureNumber runs_a_body(std::int32_t where, const FollyPool& pool);
// As the second of two tasks.
FutureNumber runs_a_body_later(std::int32_t where, const FollyPool& pool);
// How many bodies ran.
std::int64_t bodies();
