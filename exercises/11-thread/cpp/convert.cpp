#include "exercise-11-thread/cpp/convert.h"

#include <numeric>
#include <utility>

#include "exercise-11-thread/src/lib.rs.h"
#include "rust/co_await_asio.h"

namespace {

// Takes its time.
std::uint64_t add_up(const Pool& pool, const rust::Vec<std::uint8_t>& picture) {
  pool.work();
  return std::accumulate(picture.begin(), picture.end(), std::uint64_t{0});
}

// > awaitable
// | boost::asio::awaitable<std::uint64_t> fetch_and_add_up(const Pool& pool, rust::String name) {
// |   const rust::Vec<std::uint8_t> picture = co_await rust::async::async_await(fetch(name));
// |   co_return add_up(pool, picture);
// | }
// |
// > given
// > solution
// > end
}  // namespace

// Awaits Rust, which has the picture.
FutureSum convert(const Pool& pool, rust::String name) {
  // > afterwards
  // | const rust::Vec<std::uint8_t> picture = co_await fetch(name);
  // | co_await rust::async::schedule(pool.threads());
  // | co_return add_up(pool, picture);
  // > own-thread
  // | const rust::Vec<std::uint8_t> picture = co_await fetch(name);
  // | std::uint64_t sum = 0;
  // | std::thread([&] { sum = add_up(pool, picture); }).join();
  // | co_return sum;
  // > awaitable
  // | co_return co_await rust::async::schedule_on(pool.threads(),
  // |                                             fetch_and_add_up(pool, std::move(name)));
  // > given
  // | const rust::Vec<std::uint8_t> picture = co_await fetch(name);
  // | co_return add_up(pool, picture);
  // > solution
  co_await rust::async::schedule(pool.threads());
  const rust::Vec<std::uint8_t> picture = co_await fetch(name);
  co_return add_up(pool, picture);
  // > end
}
