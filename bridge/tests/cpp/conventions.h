// What Asio expects of an operation. Each of these returns what was wrong, or nothing.
#pragma once

#include "bridge-tests/cpp/calls.h"
#include "rust/cxx.h"

// Completion tokens: the handler is called once with 7, which the future comes to.
rust::String any_token_will_do(FutureInt callback, FutureInt detached, FutureInt deferred,
                               FutureInt future);
rust::String parallel_group(const Pool& pool, FutureInt first, FutureInt second);
rust::String cancel_after(const Pool& pool, FutureInt never, FutureInt now);

// Cancellation: only `terminal` is obeyed, or what a filter says.
rust::String obeys_terminal_alone(const Pool& pool, FutureInt never);
rust::String obeys_a_filter(const Pool& pool, FutureInt never);

// The handler's allocator is used, and has its memory back before the handler is called.
rust::String uses_the_allocator(const Pool& pool, FutureInt future);
// A result that is there at once goes to the immediate executor, another one to the executor.
rust::String uses_the_immediate_executor(FutureInt now, FutureInt later);
// Without an executor of its own a handler runs on the system's; a strand keeps two apart.
rust::String uses_the_executor(FutureInt future);
rust::String strands_keep_handlers_apart(const Pool& pool, std::int64_t count);

// A mutex: with a handler, cancelled in the line, and free again after that.
rust::String locks_with_handlers(const Pool& pool);
