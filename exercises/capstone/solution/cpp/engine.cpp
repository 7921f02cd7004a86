#include "bridge-template/cpp/engine.h"

#include <stdexcept>
#include <string_view>

#include "bridge-template/cpp/repeats.h"

FutureText Engine::longest(rust::Vec<std::uint8_t> text) const {
  // > on-the-loop
  // > given
  // | co_await rust::async::schedule(pool_);
  // > solution
  co_await rust::async::schedule(pool_);
  // > end
  const std::string_view view(reinterpret_cast<const char*>(text.data()), text.size());
  // > whole-letters
  // | try {
  // |   co_return rust::String(repeats::longest(view));
  // | } catch (const repeats::refused& refused) {
  // |   throw std::invalid_argument(refused.why);
  // | }
  // > without-reason
  // | co_return rust::String::lossy(repeats::longest(view));
  // > given
  // | try {
  // |   co_return rust::String::lossy(repeats::longest(view));
  // | } catch (const repeats::refused& refused) {
  // |   throw std::invalid_argument(refused.why);
  // | }
  // > solution
  try {
    co_return rust::String::lossy(repeats::longest(view));
  } catch (const repeats::refused& refused) {
    throw std::invalid_argument(refused.why);
  }
  // > end
}

std::unique_ptr<Engine> new_engine(std::size_t threads) {
  return std::make_unique<Engine>(threads);
}
