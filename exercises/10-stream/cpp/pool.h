// A pool of one thread, and the decoder of a strip. Nothing to do here.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <future>
#include <memory>
#include <stdexcept>
#include <vector>

using Strip = std::unique_ptr<std::vector<std::uint8_t>>;

class Pool {
 public:
  boost::asio::thread_pool& threads() const { return threads_; }

  // Decodes a strip, unless it is broken.
  Strip decode(std::uint32_t number, bool is_broken) const {
    if (is_broken) throw std::runtime_error("strip " + std::to_string(number) + " is broken");
    ++decoded_;
    return std::make_unique<std::vector<std::uint8_t>>(16, static_cast<std::uint8_t>(number));
  }
  std::uint32_t decoded() const { return decoded_; }

  // Returns when all that was begun has ended.
  void settle() const {
    std::promise<void> done;
    boost::asio::post(threads_, [&done] { done.set_value(); });
    done.get_future().wait();
  }

 private:
  mutable std::atomic<std::uint32_t> decoded_ = 0;
  mutable boost::asio::thread_pool threads_{1};
};

inline std::unique_ptr<Pool> new_pool() { return std::make_unique<Pool>(); }
