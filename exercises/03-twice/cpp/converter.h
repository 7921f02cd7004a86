// The C++ side of the bridge: a pool of one thread, and a callback for each conversion.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>
#include <semaphore>

#include "rust/cxx.h"

struct Context;
enum class Outcome : std::uint8_t;

class Converter {
 public:
  // Adds up the bytes of a picture in a thread of the pool; refuses one that is empty. Calls `done`
  // exactly once, whatever happens. `context` is what C libraries call user data: an address, which
  // nobody here looks into.
  void convert(rust::Vec<std::uint8_t> picture, Context* context) const;

  // Keeps the thread busy until `release`.
  void hold() const {
    boost::asio::post(threads_, [this] { gate_.acquire(); });
  }
  void release() const { gate_.release(); }

  // Ends the pool; what waits in it is destroyed with the converter, and never runs.
  void stop() const {
    threads_.stop();
    gate_.release();
    threads_.join();
  }

 private:
  mutable std::counting_semaphore<> gate_{0};
  mutable boost::asio::thread_pool threads_{1};
};

inline std::unique_ptr<Converter> new_converter() { return std::make_unique<Converter>(); }
