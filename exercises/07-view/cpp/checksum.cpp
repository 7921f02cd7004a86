#include "exercise-07-view/cpp/checksum.h"

#include "rust/co_await_asio.h"

// > given, kept, task
// | namespace {
// |
// | // The bridge refuses a slice as a parameter of a coroutine, and does not look into structures.
// | struct Bytes {
// |   const std::uint8_t* data;
// |   std::size_t size;
// | };
// |
// | FutureSum add_up(const Pool& pool, Bytes bytes) {
// |   co_await rust::async::schedule(pool.threads());
// |   std::uint64_t sum = 0;
// |   for (std::size_t index = 0; index < bytes.size; ++index) sum += bytes.data[index];
// |   co_return sum;
// | }
// |
// | }  // namespace
// |
// | FutureSum checksum(const Pool& pool, rust::Slice<const std::uint8_t> picture) {
// |   return add_up(pool, {picture.data(), picture.size()});
// | }
// > too-late
// | namespace {
// |
// | struct Bytes {
// |   const std::uint8_t* data;
// |   std::size_t size;
// | };
// |
// | FutureSum add_up(const Pool& pool, Bytes bytes) {
// |   co_await rust::async::schedule(pool.threads());
// |   const std::vector<std::uint8_t> copy(bytes.data, bytes.data + bytes.size);
// |   std::uint64_t sum = 0;
// |   for (const std::uint8_t byte : copy) sum += byte;
// |   co_return sum;
// | }
// |
// | }  // namespace
// |
// | FutureSum checksum(const Pool& pool, rust::Slice<const std::uint8_t> picture) {
// |   return add_up(pool, {picture.data(), picture.size()});
// | }
// > copied-first
// | namespace {
// |
// | struct Bytes {
// |   const std::uint8_t* data;
// |   std::size_t size;
// | };
// |
// | FutureSum add_up(const Pool& pool, Bytes bytes) {
// |   const std::vector<std::uint8_t> copy(bytes.data, bytes.data + bytes.size);
// |   co_await rust::async::schedule(pool.threads());
// |   std::uint64_t sum = 0;
// |   for (const std::uint8_t byte : copy) sum += byte;
// |   co_return sum;
// | }
// |
// | }  // namespace
// |
// | FutureSum checksum(const Pool& pool, rust::Slice<const std::uint8_t> picture) {
// |   return add_up(pool, {picture.data(), picture.size()});
// | }
// > reference
// | namespace {
// |
// | FutureSum add_up(const Pool& pool, const rust::Vec<std::uint8_t>* picture) {
// |   co_await rust::async::schedule(pool.threads());
// |   std::uint64_t sum = 0;
// |   for (const std::uint8_t byte : *picture) sum += byte;
// |   co_return sum;
// | }
// |
// | }  // namespace
// |
// | FutureSum checksum(const Pool& pool, const rust::Vec<std::uint8_t>& picture) {
// |   return add_up(pool, &picture);
// | }
// > on-the-loop
// | namespace {
// |
// | struct Bytes {
// |   const std::uint8_t* data;
// |   std::size_t size;
// | };
// |
// | FutureSum add_up(Bytes bytes) {
// |   std::uint64_t sum = 0;
// |   for (std::size_t index = 0; index < bytes.size; ++index) sum += bytes.data[index];
// |   co_return sum;
// | }
// |
// | }  // namespace
// |
// | FutureSum checksum(const Pool&, rust::Slice<const std::uint8_t> picture) {
// |   return add_up({picture.data(), picture.size()});
// | }
// > solution
FutureSum checksum(const Pool& pool, rust::Vec<std::uint8_t> picture) {
  co_await rust::async::schedule(pool.threads());
  std::uint64_t sum = 0;
  for (const std::uint8_t byte : picture) sum += byte;
  co_return sum;
}
// > end
