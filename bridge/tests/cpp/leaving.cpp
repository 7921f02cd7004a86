#include "bridge-tests/cpp/leaving.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <stop_token>

#if BOOST_VERSION >= 107700
#include <boost/asio/experimental/awaitable_operators.hpp>
#endif

#include "bridge-tests/src/leaving.rs.h"

namespace {

namespace asio = boost::asio;
using rust::async::async_await;
using rust::async::schedule;
using rust::async::schedule_on;
using typed_executor = asio::thread_pool::executor_type;

asio::awaitable<void> timer(std::int64_t milliseconds) {
  frame alive;
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           std::chrono::milliseconds(milliseconds));
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void, typed_executor> typed_timer(std::int64_t milliseconds) {
  frame alive;
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           std::chrono::milliseconds(milliseconds));
  co_await timer.async_wait(asio::use_awaitable_t<typed_executor>());
}

asio::awaitable<std::int64_t> read_from(std::uint16_t port) {
  frame alive;
  asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
  std::array<char, 1> byte;
  co_return co_await socket.async_read_some(asio::buffer(byte), asio::use_awaitable);
}

asio::awaitable<std::int64_t> forwards(FutureInt future) {
  frame alive;
  co_return co_await async_await(std::move(future));
}

#if BOOST_VERSION >= 107700
using namespace asio::experimental::awaitable_operators;

asio::awaitable<std::int64_t> either(FutureInt future) {
  frame alive;
  co_await (async_await(std::move(future)) || timer(3'600'000));
  co_return 1;
}

asio::awaitable<std::int64_t> both(FutureInt future) {
  frame alive;
  co_await (async_await(std::move(future)) && timer(3'600'000));
  co_return 1;
}
#else
asio::awaitable<std::int64_t> either(FutureInt future) { return forwards(std::move(future)); }
asio::awaitable<std::int64_t> both(FutureInt future) { return forwards(std::move(future)); }
#endif

asio::awaitable<std::int64_t> hops() {
  frame alive;
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  co_await timer(0);
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  co_return 1;
}

template <typename Keys>
asio::awaitable<std::int64_t> locks(Keys& keys, std::int64_t key) {
  frame alive;
  const auto lock = co_await keys.async_lock(key);
  co_return key;
}

}  // namespace

bool asio_cancels() { return BOOST_VERSION >= 107700; }

FutureInt waits_for_timer(const Pool& pool, std::int64_t milliseconds) {
  frame alive;
  co_await schedule_on(pool, timer(milliseconds));
  co_return milliseconds;
}

FutureInt waits_for_peer(const Pool& pool, std::uint16_t port) {
  frame alive;
  co_return co_await schedule_on(pool, read_from(port));
}

FutureInt waits_for_rust(const Pool& pool, FutureInt future) {
  frame alive;
  co_return co_await schedule_on(pool, forwards(std::move(future)));
}

FutureInt waits_on_strand(const Pool& pool, std::int64_t milliseconds) {
  frame alive;
  co_await schedule_on(asio::make_strand(pool.get_executor()), timer(milliseconds));
  co_return milliseconds;
}

FutureInt waits_on_typed_executor(const Pool& pool, std::int64_t milliseconds) {
  frame alive;
  co_await schedule_on(pool, typed_timer(milliseconds));
  co_return milliseconds;
}

FutureInt waits_for_either(const Pool& pool, FutureInt future) {
  frame alive;
  co_return co_await schedule_on(pool, either(std::move(future)));
}

FutureInt waits_for_both(const Pool& pool, FutureInt future) {
  frame alive;
  co_return co_await schedule_on(pool, both(std::move(future)));
}

FutureInt hops_about(const Pool& pool) {
  frame alive;
  co_return co_await schedule_on(pool, hops());
}

FutureInt computes_until_stopped(const Pool& pool) {
  frame alive;
  co_await schedule(pool);
  const std::stop_token stop = co_await rust::async::this_coro::stop_token;
  std::int64_t rounds = 0;
  for (; !stop.stop_requested(); ++rounds) std::this_thread::yield();
  co_return std::int64_t(rounds);
}

FutureInt has_one_token(const Pool& pool) {
  frame alive;
  const std::stop_token token = co_await rust::async::this_coro::stop_token;
  co_await schedule(pool);
  const std::stop_token same = co_await rust::async::this_coro::stop_token;
  co_return std::int64_t(token == same);
}

FutureInt is_not_stopped() {
  frame alive;
  const std::stop_token token = co_await rust::async::this_coro::stop_token;
  co_return token.stop_possible() && !token.stop_requested();
}

FutureInt Doorbell::waits(const Pool& pool) const {
  struct bell {
    std::coroutine_handle<>& waits;
    bool await_ready() { return false; }
    [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) { waits = coroutine; }
    void await_resume() {}
  };
  frame alive;
  co_await bell{waits_};
  ++heard_;
  co_await schedule(pool);
  ++reached_the_pool_;
  co_return 0;
}

std::unique_ptr<Doorbell> new_doorbell() { return std::make_unique<Doorbell>(); }

FutureInt KeyHolder::hold(std::int64_t key, FutureInt future) const {
  frame alive;
  const auto lock = co_await keys_.lock(key);
  co_return co_await std::move(future);
}

FutureInt KeyHolder::waits(std::int64_t key) const {
  frame alive;
  const auto lock = co_await keys_.lock(key);
  co_return key;
}

FutureInt KeyHolder::waits_in_asio(std::int64_t key) const {
  frame alive;
  co_return co_await schedule_on(threads_, locks(keys_, key));
}

std::unique_ptr<KeyHolder> new_key_holder(std::size_t threads) {
  return std::make_unique<KeyHolder>(threads);
}
