// What the scenes of both bridges share: a pool of one thread, and work that is noted.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>

namespace recordings {

class Pool {
 public:
  auto get_executor() const { return thread_.get_executor(); }

 private:
  mutable boost::asio::thread_pool thread_{1};
};

std::unique_ptr<Pool> new_pool();

std::int64_t work(std::int64_t number = 1);

}  // namespace recordings
