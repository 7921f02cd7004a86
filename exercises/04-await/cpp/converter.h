// The C++ side of the bridge: a pool of one thread, and a callback for each conversion. Nothing to
// do here.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <semaphore>

#include "rust/cxx.h"

struct Context;

class Converter {
 public:
  // Adds up the bytes of a picture in a thread of the pool, and calls `done`; drops the context
  // when the pool goes away before.
  void convert(rust::Vec<std::uint8_t> picture, rust::Box<Context> context) const;

  // Keeps the thread busy until `release`; after some seconds it gives up.
  void hold() const {
    boost::asio::post(*threads_, [this] {
      if (!gate_.try_acquire_for(std::chrono::seconds(3))) gave_up_ = true;
    });
  }
  void release() const { gate_.release(); }
  bool gave_up() const { return gave_up_; }

  // Ends the pool; what waits in it is destroyed, and never runs.
  void stop() const {
    threads_->stop();
    gate_.release();
    threads_.reset();
  }

 private:
  mutable std::counting_semaphore<> gate_{0};
  mutable std::atomic<bool> gave_up_ = false;
  mutable std::optional<boost::asio::thread_pool> threads_{1};
};

inline std::unique_ptr<Converter> new_converter() { return std::make_unique<Converter>(); }
