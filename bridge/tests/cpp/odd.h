// What the bridges of `src/odd.rs` name.
#pragma once

#include <cstdint>
#include <memory>

#include "rust/co_await.h"
#include "rust/cxx.h"

namespace odd::first {

struct Pair;
struct Panics;
struct Entered;

struct Odd {
  rust::async::future<Pair> go() const;
  rust::async::future<std::uint8_t> object() const;
  rust::async::future<std::uint8_t> keep(std::uint8_t object, std::uint8_t owner) const;
  rust::async::future<std::uint8_t> poll(std::uint8_t self, std::uint8_t begin) const;
};

inline std::shared_ptr<Odd> new_odd() { return std::make_shared<Odd>(); }

rust::async::future<std::uint8_t> asks_who_panics(rust::Box<Panics> panics);
rust::async::future<std::uint8_t> asks_who_waits(rust::Box<Entered> entered);

}  // namespace odd::first

namespace odd::second {

struct Pair;

rust::async::future<Pair> pair();
rust::async::stream<rust::Vec<Pair>> pairs();

}  // namespace odd::second
