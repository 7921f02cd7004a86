#include "bridge-template/cpp/engine.h"

#include <string>

#include "bridge-template/src/lib.rs.h"

FutureText Engine::greet(rust::Box<Directory> directory, std::uint32_t id) const {
  // From here on in a thread of the pool. Parameters are the coroutine's own, by value.
  co_await rust::async::schedule(pool_);
  const rust::String name = co_await directory->find(id);
  // Here stands what takes its time.
  co_return "hello, " + std::string(name);
}

std::unique_ptr<Engine> new_engine(std::size_t threads) {
  return std::make_unique<Engine>(threads);
}
