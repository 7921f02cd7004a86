// The C++ side of the bridge: a pool of threads, and a callback for each conversion.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "rust/cxx.h"

struct Context;
enum class Outcome : std::uint8_t;

using Png = std::unique_ptr<std::vector<std::uint8_t>>;
using Done = rust::Fn<void(rust::Box<Context>, Outcome, Png, rust::String)>;

// Owns the threads that convert. Destroyed, it finishes the conversions that run, gives up those
// that wait, and joins its threads.
class Converter {
 public:
  Converter(std::size_t threads, std::uint64_t max_pixels);

  // Copies `jpeg` and returns at once. Once it has returned, `done` is called exactly once,
  // whatever happens, on a thread of the pool or of whoever destroys it.
  void convert(rust::Slice<const std::uint8_t> jpeg, rust::Box<Context> context, Done done) const;

 private:
  std::uint64_t max_pixels_;
  mutable boost::asio::thread_pool pool_;
};

std::unique_ptr<Converter> new_converter(std::size_t threads, std::uint64_t max_pixels);
