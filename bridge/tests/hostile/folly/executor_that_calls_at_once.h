#pragma once

#include "bridge-tests/hostile/folly/runs.h"

// Executors that call what they are given within `add`: 0 is Folly's InlineExecutor, 1 its
// QueuedImmediateExecutor, 2 one of these programs' own.
//
// Goes there so many times, by `schedule` and for a task.
FutureNumber goes_to(std::int32_t executor, std::int64_t times);
FutureNumber runs_tasks_on(std::int32_t executor, std::int64_t times);
// Reads a stream there, the coroutine itself and a task.
FutureNumber reads_on(std::int32_t executor, StreamNumber stream);
FutureNumber task_reads_on(std::int32_t executor, StreamNumber stream);
