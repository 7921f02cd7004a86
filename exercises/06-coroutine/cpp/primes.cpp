#include "exercise-06-coroutine/cpp/primes.h"

#include <stdexcept>

#include "rust/co_await_asio.h"

// > given
// | // 2. The coroutine: it goes to `pool.threads()`, and asks `pool.is_prime` for each number.
// > on-the-loop
// | FutureCount count_primes(const Pool& pool, std::uint32_t below) {
// |   if (below < 2) throw std::invalid_argument("there is no number from 2 on below that");
// |   std::uint32_t count = 0;
// |   for (std::uint32_t number = 2; number < below; ++number) count += pool.is_prime(number);
// |   co_return count;
// | }
// > swallowed
// | FutureCount count_primes(const Pool& pool, std::uint32_t below) {
// |   co_await rust::async::schedule(pool.threads());
// |   std::uint32_t count = 0;
// |   for (std::uint32_t number = 2; number < below; ++number) count += pool.is_prime(number);
// |   co_return count;
// | }
// > too-late
// | FutureCount count_primes(const Pool& pool, std::uint32_t below) {
// |   if (below < 2) throw std::invalid_argument("there is no number from 2 on below that");
// |   std::uint32_t count = 0;
// |   for (std::uint32_t number = 2; number < below; ++number) count += pool.is_prime(number);
// |   co_await rust::async::schedule(pool.threads());
// |   co_return count;
// | }
// > asks
// | FutureCount count_primes(const Pool& pool, std::uint32_t below) {
// |   co_await rust::async::schedule(pool.threads());
// |   if (below < 2) throw std::invalid_argument("there is no number from 2 on below that");
// |   const std::stop_token stop = co_await rust::async::this_coro::stop_token;
// |   std::uint32_t count = 0;
// |   for (std::uint32_t number = 2; number < below && !stop.stop_requested(); ++number) {
// |     count += pool.is_prime(number);
// |   }
// |   co_return count;
// | }
// > no-exception
// | FutureCount count_primes(const Pool& pool, std::uint32_t below) {
// |   co_await rust::async::schedule(pool.threads());
// |   if (below < 2) throw "there is no number from 2 on below that";
// |   std::uint32_t count = 0;
// |   for (std::uint32_t number = 2; number < below; ++number) count += pool.is_prime(number);
// |   co_return count;
// | }
// > solution, another-type
FutureCount count_primes(const Pool& pool, std::uint32_t below) {
  co_await rust::async::schedule(pool.threads());
  if (below < 2) throw std::invalid_argument("there is no number from 2 on below that");
  std::uint32_t count = 0;
  for (std::uint32_t number = 2; number < below; ++number) count += pool.is_prime(number);
  co_return count;
}
// > end
