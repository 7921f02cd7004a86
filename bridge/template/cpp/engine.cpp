#include "bridge-template/cpp/engine.h"

#include <array>
#include <stdexcept>
#include <string>

#include "bridge-template/src/lib.rs.h"

// ANCHOR: both
rust::async::future<rust::String> Engine::greet(rust::Box<Directory> directory,
                                                std::uint32_t id) const {
  // From here on in a thread of the pool. Parameters are the coroutine's own, by value.
  co_await rust::async::schedule(pool_);
  const rust::String name = co_await directory->find(id);
  // Here stands what takes its time.
  co_return "hello, " + std::string(name);
}
// ANCHOR_END: both
// ANCHOR: one-way
rust::async::future<rust::String> Engine::name_of(std::uint32_t id) const {
  // From here on in a thread of the pool. Parameters are the coroutine's own, by value.
  co_await rust::async::schedule(pool_);
  // Here stands what takes its time.
  static constexpr std::array names{"Ada", "Grace"};
  if (id >= names.size()) {
    throw std::out_of_range("there is nobody of the number " + std::to_string(id));
  }
  co_return names[id];
}
// ANCHOR_END: one-way

std::shared_ptr<Engine> new_engine(std::size_t threads) {
  return std::make_shared<Engine>(threads);
}
