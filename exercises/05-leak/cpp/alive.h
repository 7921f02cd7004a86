// Counts the objects of a kind that are alive. Nothing to do here.
#pragma once

#include <atomic>
#include <cstddef>

template <typename Kind>
class alive {
 public:
  alive() noexcept { ++count_; }
  alive(const alive&) = delete;
  alive& operator=(const alive&) = delete;
  ~alive() { --count_; }

  static std::size_t count() noexcept { return count_; }

 private:
  static inline std::atomic<std::size_t> count_ = 0;
};
