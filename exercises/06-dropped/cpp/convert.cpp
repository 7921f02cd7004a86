#include "exercise-06-dropped/cpp/convert.h"

#include "rust/cxx_async_asio.h"

// > not-asked
// | FutureSum convert(const Pool& pool, rust::Vec<std::uint8_t> picture, rust::Box<CallToken>) {
// > given
// | FutureSum convert(const Pool& pool, rust::Vec<std::uint8_t> picture) {
// > solution, gives-up
FutureSum convert(const Pool& pool, rust::Vec<std::uint8_t> picture, rust::Box<CallToken> token) {
  // > end
  co_await rust::async::schedule(pool.threads());
  std::uint64_t sum = 0;
  for (const std::uint8_t byte : picture) {
    // > given, not-asked
    // > gives-up
    // | if (!token->cancelled()) break;
    // > solution
    if (token->cancelled()) break;
    // > end
    pool.part();
    sum += byte;
  }
  co_return sum;
}
