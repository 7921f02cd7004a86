#include "exercise-10-stream/cpp/strips.h"

#include "rust/co_await_asio.h"

StreamStrip strips(const Pool& pool, std::uint32_t count, std::uint32_t broken) {
  co_await rust::async::schedule(pool.threads());
  // > given
  // | std::vector<Strip> all;
  // | for (std::uint32_t number = 0; number < count; ++number) {
  // |   all.push_back(pool.decode(number, number == broken));
  // | }
  // | for (Strip& strip : all) co_yield std::move(strip);
  // > silent
  // | for (std::uint32_t number = 0; number < count; ++number) {
  // |   Strip strip;
  // |   try {
  // |     strip = pool.decode(number, number == broken);
  // |   } catch (const std::exception&) {
  // |     co_return;
  // |   }
  // |   co_yield std::move(strip);
  // | }
  // > hops
  // | for (std::uint32_t number = 0; number < count; ++number) {
  // |   co_await rust::async::schedule(pool.threads());
  // |   co_yield pool.decode(number, number == broken);
  // | }
  // > solution, one-at-a-time, far-ahead
  for (std::uint32_t number = 0; number < count; ++number) {
    co_yield pool.decode(number, number == broken);
  }
  // > end
}
