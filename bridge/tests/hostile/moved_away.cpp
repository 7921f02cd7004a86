#include "bridge-tests/hostile/moved_away.h"

#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/moved_away.rs.h"

namespace {

StreamNumber forwards(StreamNumber stream) {
  frame alive;
  while (const auto item = co_await stream.next()) co_yield *item;
}

// The caller keeps the stream.
FutureNumber reads(StreamNumber* stream) {
  frame alive;
  const auto item = co_await stream->next();
  co_return item ? *item : -1;
}

}  // namespace

FutureNumber sums_every_other(rust::Vec<FutureNumber> futures) {
  frame alive;
  std::int64_t sum = 0;
  for (std::size_t index = 0; index < futures.size(); index += 2) {
    sum += co_await std::move(futures[index]);
  }
  co_return sum;
}

FutureNumber takes_out_of(rust::Vec<FutureNumber>& futures, std::size_t index) {
  return awaits_number(std::move(futures[index]));
}

FutureNumber takes(FutureNumber& future) { return awaits_number(std::move(future)); }
StreamNumber takes_stream(StreamNumber& stream) { return forwards(std::move(stream)); }
FutureNumber reads_one(StreamNumber& stream) { return reads(&stream); }

FutureNumber returns_what_is_left(FutureNumber future) {
  const auto taken = std::move(future);
  return future;
}

StreamNumber returns_what_is_left_of_stream(StreamNumber stream) {
  const auto taken = std::move(stream);
  return stream;
}

void gives_rust_what_is_left(FutureNumber future) {
  const auto taken = std::move(future);
  is_an_error_to_rust(std::move(future));
}

FutureNumber awaits_number(FutureNumber future) {
  frame alive;
  co_return co_await std::move(future);
}
