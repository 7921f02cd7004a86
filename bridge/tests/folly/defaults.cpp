#include "bridge-tests/folly/defaults.h"

#include <folly/Singleton.h>
#include <folly/coro/Sleep.h>
#include <folly/coro/Timeout.h>
#include <folly/executors/GlobalExecutor.h>

#include <chrono>
#include <utility>

#include "bridge-tests/src/folly.rs.h"

using namespace std::chrono_literals;
using rust::async::schedule;
using rust::async::schedule_on;

namespace {

folly::coro::Task<std::uint64_t> thread_of_task() { co_return thread_id(); }

folly::coro::Task<std::int64_t> limits(FutureInt in_time, FutureInt too_late) {
  const auto value = co_await folly::coro::timeout(std::move(in_time), 1h);
  const auto late =
      co_await folly::coro::co_awaitTry(folly::coro::timeout(std::move(too_late), 1ms));
  co_return late.hasException<folly::FutureTimeout>() ? value : -1;
}

}  // namespace

void complete_folly_registration() { folly::SingletonVault::singleton()->registrationComplete(); }

FutureInt sleeps_by_default() {
  frame alive;
  co_await folly::coro::sleep(1ms);
  co_return 7;
}

FutureInt times_out_by_default(FutureInt in_time, FutureInt too_late) {
  frame alive;
  co_return co_await limits(std::move(in_time), std::move(too_late));
}

FutureInt goes_to_global_executors() {
  frame alive;
  const auto caller = thread_id();
  co_await schedule(folly::getGlobalCPUExecutor());
  bool elsewhere = caller != thread_id();
  co_await schedule(folly::getGlobalIOExecutor());
  elsewhere = elsewhere && caller != thread_id();
  const auto cpu = co_await schedule_on(folly::getGlobalCPUExecutor(), thread_of_task());
  const auto io = co_await schedule_on(folly::getGlobalIOExecutor(), thread_of_task());
  co_return elsewhere&& caller != cpu&& caller != io&& cpu != io;
}
