#include "bridge-tests/hostile/folly/executor_that_calls_at_once.h"

#include <folly/executors/InlineExecutor.h>
#include <folly/executors/QueuedImmediateExecutor.h>

#include "bridge-tests/hostile/folly/executor_that_calls_at_once.rs.h"

namespace {

struct at_once : folly::Executor {
  void add(folly::Func function) override { function(); }
};

folly::Executor& of(std::int32_t executor) {
  static at_once ours;
  if (executor == 0) return folly::InlineExecutor::instance();
  if (executor == 1) return folly::QueuedImmediateExecutor::instance();
  return ours;
}

Number one() {
  frame alive;
  co_return 1;
}

Number reads(StreamNumber stream) {
  frame alive;
  std::int64_t sum = 0;
  while (const auto item = co_await stream.next()) {
    goes_on_at_once();
    sum += *item;
  }
  co_return sum;
}

}  // namespace

FutureNumber goes_to(std::int32_t executor, std::int64_t times) {
  frame alive;
  std::int64_t gone = 0;
  for (; gone < times; ++gone) co_await rust::async::schedule(of(executor));
  co_return gone;
}

FutureNumber runs_tasks_on(std::int32_t executor, std::int64_t times) {
  frame alive;
  std::int64_t sum = 0;
  for (; times > 0; --times) sum += co_await rust::async::schedule_on(of(executor), one());
  co_return sum;
}

FutureNumber reads_on(std::int32_t executor, StreamNumber stream) {
  frame alive;
  co_await rust::async::schedule(of(executor));
  std::int64_t sum = 0;
  while (const auto item = co_await stream.next()) {
    goes_on_at_once();
    sum += *item;
  }
  co_return sum;
}

FutureNumber task_reads_on(std::int32_t executor, StreamNumber stream) {
  frame alive;
  co_return co_await rust::async::schedule_on(of(executor), reads(std::move(stream)));
}
