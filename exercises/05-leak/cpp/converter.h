// The C++ side of the bridge: a pool of one thread, and a callback for each conversion. Nothing to
// do here.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>
#include <semaphore>

#include "rust/cxx.h"

struct Context;

class Converter {
 public:
  // Adds up the bytes of a picture in a thread of the pool, and then calls `done` of Rust; refuses
  // a picture that is empty.
  void convert(rust::Vec<std::uint8_t> picture, rust::Box<Context> context) const;

  // Keeps the thread busy until `stop`.
  void hold() const {
    boost::asio::post(threads_, [this] { gate_.acquire(); });
  }

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

// What is alive, as `/metrics` has it.
rust::String metrics();
