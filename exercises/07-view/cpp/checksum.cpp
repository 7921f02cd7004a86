#include "exercise-07-view/cpp/checksum.h"

#include "rust/co_await_asio.h"

// > given, kept, task
// | FutureSum checksum(const Pool& pool, rust::Slice<const std::uint8_t> picture) {
// |   co_await rust::async::schedule(pool.threads());
// |   pool.begin();
// |   std::uint64_t sum = 0;
// |   for (const std::uint8_t byte : picture) sum += byte;
// |   co_return sum;
// | }
// > too-late
// | FutureSum checksum(const Pool& pool, rust::Slice<const std::uint8_t> picture) {
// |   co_await rust::async::schedule(pool.threads());
// |   pool.begin();
// |   const std::vector<std::uint8_t> copy(picture.begin(), picture.end());
// |   std::uint64_t sum = 0;
// |   for (const std::uint8_t byte : copy) sum += byte;
// |   co_return sum;
// | }
// > copied-first
// | FutureSum checksum(const Pool& pool, rust::Slice<const std::uint8_t> picture) {
// |   const std::vector<std::uint8_t> copy(picture.begin(), picture.end());
// |   co_await rust::async::schedule(pool.threads());
// |   pool.begin();
// |   std::uint64_t sum = 0;
// |   for (const std::uint8_t byte : copy) sum += byte;
// |   co_return sum;
// | }
// > reference
// | FutureSum checksum(const Pool& pool, const rust::Vec<std::uint8_t>& picture) {
// |   co_await rust::async::schedule(pool.threads());
// |   pool.begin();
// |   std::uint64_t sum = 0;
// |   for (const std::uint8_t byte : picture) sum += byte;
// |   co_return sum;
// | }
// > on-the-loop
// | FutureSum checksum(const Pool&, rust::Slice<const std::uint8_t> picture) {
// |   std::uint64_t sum = 0;
// |   for (const std::uint8_t byte : picture) sum += byte;
// |   co_return sum;
// | }
// > solution
FutureSum checksum(const Pool& pool, rust::Vec<std::uint8_t> picture) {
  co_await rust::async::schedule(pool.threads());
  pool.begin();
  std::uint64_t sum = 0;
  for (const std::uint8_t byte : picture) sum += byte;
  co_return sum;
}
// > end
