#include "bridge-tests/hostile/polled_in_a_wake.h"

#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/polled_in_a_wake.rs.h"

namespace {

stranger sees(FutureNumber future, rust::Box<Seen> seen) {
  frame alive;
  try {
    seen->tell(co_await std::move(future));
  } catch (const rust::async::Error&) {
    seen->tell(-1);
  }
}

stranger sees_all(StreamNumber stream, rust::Box<Seen> seen) {
  frame alive;
  std::int64_t sum = 0;
  try {
    while (const auto item = co_await stream.next()) sum += *item;
  } catch (const rust::async::Error&) {
    sum = -1;
  }
  seen->tell(sum);
}

}  // namespace

void stranger_sees(FutureNumber future, rust::Box<Seen> seen) {
  sees(std::move(future), std::move(seen));
}

void stranger_sees_all(StreamNumber stream, rust::Box<Seen> seen) {
  sees_all(std::move(stream), std::move(seen));
}
