#include "bridge-tests/folly/awaitables.h"

#include <folly/coro/AsyncGenerator.h>
#include <folly/coro/Baton.h>
#include <folly/coro/BlockingWait.h>
#include <folly/coro/Collect.h>
#include <folly/coro/CurrentExecutor.h>
#include <folly/coro/DetachOnCancel.h>
#include <folly/coro/FutureUtil.h>
#include <folly/coro/Mutex.h>
#include <folly/coro/Promise.h>
#include <folly/coro/Sleep.h>
#include <folly/coro/Timeout.h>
#include <folly/coro/UnboundedQueue.h>
#include <folly/coro/safe/NowTask.h>
#include <folly/futures/Future.h>
#include <folly/io/async/Request.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "bridge-tests/src/folly.rs.h"

namespace {

using namespace std::chrono_literals;
using folly::coro::co_awaitTry;
using folly::coro::Task;
using rust::async::schedule;

// --- Awaited by coroutines that Rust awaits. -----------------------------------------------------

Task<std::int64_t> gives(std::int64_t value) {
  frame alive;
  co_await folly::coro::co_reschedule_on_current_executor;
  co_return value;
}

Task<void> nothing() { co_return; }

Task<std::unique_ptr<std::int64_t>> gives_pointer(std::int64_t value) {
  co_return std::make_unique<std::int64_t>(value);
}

Task<std::int64_t&> gives_reference(std::int64_t& value) { co_return value; }

Task<std::int64_t> throws() {
  co_await folly::coro::co_reschedule_on_current_executor;
  throw std::runtime_error("out of cheese");
}

folly::coro::now_task<std::int64_t> gives_now(const std::int64_t& value) {
  frame alive;
  co_await folly::coro::co_reschedule_on_current_executor;
  co_return value;
}

folly::coro::AsyncGenerator<std::int64_t> counts(std::int64_t to) {
  frame alive;
  for (std::int64_t number = 1; number <= to; ++number) {
    co_await folly::coro::co_reschedule_on_current_executor;
    co_yield number;
  }
}

FutureInt baton(const FollyPool& pool) {
  folly::coro::Baton baton;
  pool.executor().add([&baton] { baton.post(); });
  co_await baton;
  co_await std::as_const(baton);
  co_return baton.ready() ? 7 : 0;
}

FutureInt mutex(const FollyPool& pool) {
  folly::coro::Mutex mutex;
  {
    const auto lock = co_await mutex.co_scoped_lock();
    if (mutex.try_lock()) co_return 0;
  }
  co_await mutex.co_lock();
  pool.executor().add([&mutex] { mutex.unlock(); });
  const auto lock = co_await mutex.co_scoped_lock();
  co_return 7;
}

FutureInt now_task(const FollyPool&) {
  co_return co_await gives_now(3) + (co_await co_awaitTry(gives_now(4))).value();
}

FutureInt bound_now_task(const FollyPool& pool) {
  co_return co_await folly::coro::co_withExecutor(folly::getKeepAliveToken(pool.executor()),
                                                  gives_now(7));
}

FutureInt reference(const FollyPool&) {
  std::int64_t value = 6;
  std::int64_t& same = co_await gives_reference(value);
  ++same;
  co_return value;
}

FutureInt move_only(const FollyPool&) {
  co_await nothing();
  co_return *co_await gives_pointer(7);
}

FutureInt semi_future(const FollyPool& pool) {
  auto [promise, future] = folly::makePromiseContract<std::int64_t>();
  pool.executor().add([promise = std::move(promise)]() mutable { promise.setValue(3); });
  co_return co_await std::move(future) + co_await folly::makeSemiFuture<std::int64_t>(4);
}

FutureInt future(const FollyPool& pool) {
  auto three = folly::via(&pool.executor(), [] { return 3; });
  auto four = folly::makeFuture<std::int64_t>(4);
  co_return co_await std::move(three) + co_await std::move(four);
}

FutureInt failed_future(const FollyPool& pool) {
  try {
    co_await folly::via(&pool.executor(), []() -> int { throw std::runtime_error("no"); });
  } catch (const std::runtime_error&) {
    co_return 7;
  }
  co_return 0;
}

FutureInt promise_of_coro(const FollyPool& pool) {
  auto [promise, future] = folly::coro::makePromiseContract<std::int64_t>();
  pool.executor().add([promise = std::move(promise)]() mutable { promise.setValue(7); });
  co_return co_await std::move(future);
}

FutureInt generator(const FollyPool&) {
  auto numbers = counts(3);
  std::int64_t sum = 1;
  while (const auto number = co_await numbers.next()) sum += *number;
  co_return sum;
}

FutureInt unfinished_generator(const FollyPool&) {
  auto numbers = counts(1000);
  std::int64_t sum = 4;
  sum += *co_await numbers.next();
  sum += *co_await numbers.next();
  co_return sum;
}

FutureInt tries(const FollyPool&) {
  const auto value = co_await co_awaitTry(gives(7));
  const auto error = co_await co_awaitTry(throws());
  co_return error.hasException<std::runtime_error>() ? value.value() : 0;
}

FutureInt timeout(const FollyPool& pool) {
  const auto in_time = co_await folly::coro::timeout(gives(7), 1h, &pool.timer());
  const auto late = co_await co_awaitTry(folly::coro::timeout(
      folly::coro::sleep(1h, &pool.timer()), std::chrono::milliseconds(1), &pool.timer()));
  co_return late.hasException<folly::FutureTimeout>() ? in_time : 0;
}

FutureInt all(const FollyPool&) {
  auto [three, four, none] =
      co_await folly::coro::collectAll(gives(3), gives(4), folly::makeSemiFuture());
  co_return three + four;
}

FutureInt all_of_a_range(const FollyPool&) {
  std::vector<Task<std::int64_t>> tasks;
  for (int number = 0; number < 7; ++number) tasks.push_back(gives(1));
  std::int64_t sum = 0;
  for (auto one : co_await folly::coro::collectAllRange(std::move(tasks))) sum += one;
  co_return sum;
}

FutureInt any(const FollyPool& pool) {
  auto [which, value] =
      co_await folly::coro::collectAny(folly::coro::sleep(1h, &pool.timer()), nothing());
  co_return value.hasValue() ? which + 6 : 0;
}

FutureInt queue(const FollyPool& pool) {
  // A drop ends the wait, and with it this frame, before the other thread has come: both own it.
  const auto queue = std::make_shared<folly::coro::UnboundedQueue<std::int64_t>>();
  pool.executor().add([queue] { queue->enqueue(7); });
  co_return co_await queue->dequeue();
}

FutureInt rescheduled(const FollyPool&) {
  co_await folly::coro::co_reschedule_on_current_executor;
  co_return 7;
}

// Rust, by way of Folly's functions.
FutureInt one(std::int64_t value) { co_return value; }

FutureInt all_of_rust(const FollyPool&) {
  auto [three, four] = co_await folly::coro::collectAll(one(3), one(4));
  co_return three + four;
}

struct awaitable {
  const char* name;
  FutureInt (*awaits)(const FollyPool&);
};

constexpr awaitable awaitables[] = {
    {"Baton&", baton},
    {"Mutex", mutex},
    {"now_task", now_task},
    {"now_task_with_executor", bound_now_task},
    {"Task<T&>", reference},
    {"Task<std::unique_ptr<T>>", move_only},
    {"SemiFuture", semi_future},
    {"Future", future},
    {"Future that fails", failed_future},
    {"coro::Future", promise_of_coro},
    {"AsyncGenerator::next", generator},
    {"AsyncGenerator::next, not to the end", unfinished_generator},
    {"co_awaitTry", tries},
    {"timeout", timeout},
    {"collectAll", all},
    {"collectAllRange", all_of_a_range},
    {"collectAny", any},
    {"UnboundedQueue::dequeue", queue},
    {"co_reschedule_on_current_executor", rescheduled},
    {"collectAll of Rust", all_of_rust},
};

FutureInt awaits(FutureInt (*function)(const FollyPool&), const FollyPool& pool) {
  frame alive;
  co_await schedule(pool.executor());
  co_return co_await function(pool);
}

// --- Rust, awaited by what Folly has for all that can be awaited. --------------------------------

using Two = Task<std::int64_t> (*)(const FollyPool&, FutureInt, FutureInt);

constexpr std::pair<const char*, Two> operations[] = {
    {"co_awaitTry",
     [](const FollyPool&, FutureInt one, FutureInt other) -> Task<std::int64_t> {
       const auto first = co_await co_awaitTry(std::move(one));
       const auto second = co_await co_awaitTry(std::move(other));
       co_return first.value() + second.value();
     }},
    {"co_nothrow",
     [](const FollyPool&, FutureInt one, FutureInt other) -> Task<std::int64_t> {
       const auto first = co_await folly::coro::co_nothrow(std::move(one));
       co_return first + co_await folly::coro::co_nothrow(std::move(other));
     }},
    {"timeout",
     [](const FollyPool& pool, FutureInt one, FutureInt other) -> Task<std::int64_t> {
       const auto first = co_await folly::coro::timeout(std::move(one), 1h, &pool.timer());
       co_return first +
           co_await folly::coro::timeoutNoDiscard(std::move(other), 1h, &pool.timer());
     }},
    {"collectAll",
     [](const FollyPool&, FutureInt one, FutureInt other) -> Task<std::int64_t> {
       auto [first, second, none] =
           co_await folly::coro::collectAll(std::move(one), std::move(other), nothing());
       co_return first + second;
     }},
    {"collectAllTry",
     [](const FollyPool&, FutureInt one, FutureInt other) -> Task<std::int64_t> {
       auto [first, second] = co_await folly::coro::collectAllTry(std::move(one), std::move(other));
       co_return first.value() + second.value();
     }},
    {"collectAllRange",
     [](const FollyPool&, FutureInt one, FutureInt other) -> Task<std::int64_t> {
       std::vector<FutureInt> futures;
       futures.push_back(std::move(one));
       futures.push_back(std::move(other));
       std::int64_t sum = 0;
       for (auto each : co_await folly::coro::collectAllRange(std::move(futures))) sum += each;
       co_return sum;
     }},
    {"collectAny, the first",
     [](const FollyPool& pool, FutureInt one, FutureInt) -> Task<std::int64_t> {
       auto [which, value] = co_await folly::coro::collectAny(
           std::move(one), folly::coro::co_invoke([&pool]() -> Task<std::int64_t> {
             co_await folly::coro::sleep(1h, &pool.timer());
             co_return 0;
           }));
       co_return which == 0 ? value.value() : 0;
     }},
    {"collectAnyNoDiscard, the first",
     [](const FollyPool& pool, FutureInt one, FutureInt) -> Task<std::int64_t> {
       auto [value, slept] = co_await folly::coro::collectAnyNoDiscard(
           std::move(one), folly::coro::sleep(1h, &pool.timer()));
       co_return slept.hasException<folly::OperationCancelled>() ? value.value() : 0;
     }},
    {"toTask",
     [](const FollyPool&, FutureInt one, FutureInt other) -> Task<std::int64_t> {
       auto second = folly::coro::toTask(std::move(other));
       co_return co_await folly::coro::toTask(std::move(one)) + co_await std::move(second);
     }},
    {"toSemiFuture",
     [](const FollyPool&, FutureInt one, FutureInt other) -> Task<std::int64_t> {
       auto second = folly::coro::toSemiFuture(std::move(other));
       co_return co_await folly::coro::toSemiFuture(std::move(one)) + co_await std::move(second);
     }},
    {"detachOnCancel",
     [](const FollyPool&, FutureInt one, FutureInt other) -> Task<std::int64_t> {
       const auto first = co_await folly::coro::detachOnCancel(std::move(one));
       co_return first + co_await folly::coro::detachOnCancel(std::move(other));
     }},
    {"co_withCancellation",
     [](const FollyPool&, FutureInt one, FutureInt other) -> Task<std::int64_t> {
       const folly::CancellationSource source;
       const auto first =
           co_await folly::coro::co_withCancellation(source.getToken(), std::move(one));
       const auto second = co_await co_awaitTry(
           folly::coro::co_withCancellation(source.getToken(), std::move(other)));
       co_return first + second.value();
     }},
};

// --- What can be cancelled. ----------------------------------------------------------------------

using Waits = FutureInt (*)(const FollyPool&);

FutureInt sleeps(const FollyPool& pool) {
  frame alive;
  co_await folly::coro::sleep(1h, &pool.timer());
  co_return 0;
}

FutureInt tries_to_sleep(const FollyPool& pool) {
  frame alive;
  co_await co_awaitTry(folly::coro::sleep(1h, &pool.timer()));
  co_return 0;
}

FutureInt sleeps_beside(const FollyPool& pool) {
  frame alive;
  co_await folly::coro::collectAll(folly::coro::sleep(1h, &pool.timer()), nothing());
  co_return 0;
}

FutureInt sleeps_in_time(const FollyPool& pool) {
  frame alive;
  co_await folly::coro::timeout(folly::coro::sleep(2h, &pool.timer()), 1h, &pool.timer());
  co_return 0;
}

FutureInt interrupts(const FollyPool& pool) {
  frame alive;
  auto hour = folly::futures::sleep(1h, &pool.timer());
  co_await folly::coro::toTaskInterruptOnCancel(std::move(hour));
  co_return 0;
}

FutureInt waits_for_an_item(const FollyPool&) {
  frame alive;
  folly::coro::UnboundedQueue<std::int64_t> queue;
  co_return co_await queue.dequeue();
}

constexpr Waits waits[] = {sleeps,         tries_to_sleep, sleeps_beside,
                           sleeps_in_time, interrupts,     waits_for_an_item};

template <typename Table>
std::unique_ptr<std::string> names_of(const Table& table) {
  auto names = std::make_unique<std::string>();
  for (const auto& [name, function] : table) *names += std::string(name) + '\n';
  return names;
}

Task<bool> keeps_context(FutureInt future) {
  const folly::RequestContextScopeGuard scope;
  const auto* const before = folly::RequestContext::get();
  co_await std::move(future);
  co_return before&& before == folly::RequestContext::get();
}

}  // namespace

std::unique_ptr<std::string> folly_awaitables() { return names_of(awaitables); }
std::unique_ptr<std::string> folly_operations() { return names_of(operations); }

FutureInt awaits_of_folly(std::int32_t number, const FollyPool& pool, bool there) {
  const auto function = awaitables[number].awaits;
  return there ? awaits(function, pool) : function(pool);
}

FutureInt awaits_by_folly(std::int32_t number, const FollyPool& pool, FutureInt one,
                          FutureInt other) {
  frame alive;
  auto task = operations[number].second(pool, std::move(one), std::move(other));
  co_return co_await rust::async::schedule_on(pool.executor(), std::move(task));
}

std::int64_t waits_by_folly(FutureInt future) {
  return folly::coro::blockingWait(std::move(future));
}

FutureInt waits_of_folly(std::int32_t number, const FollyPool& pool) { return waits[number](pool); }
std::int32_t waits_of_folly_count() { return std::size(waits); }

FutureInt keeps_request_context(const FollyPool& pool, FutureInt future) {
  co_return co_await rust::async::schedule_on(pool.executor(), keeps_context(std::move(future)));
}
