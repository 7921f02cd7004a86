#include "bridge-tests/hostile/allocation.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

namespace {

// Zero or less says that it has thrown.
constexpr auto never = std::numeric_limits<std::int64_t>::max();
std::atomic<std::int64_t> left = never;

void* checked(void* memory) {
  if (!memory) throw std::bad_alloc();
  return memory;
}

bool fails() noexcept {
  return left.load(std::memory_order_relaxed) != never && left.fetch_sub(1) == 1;
}

}  // namespace

void fail_after_allocations(std::int64_t count) { left = count + 1; }
bool have_allocations_succeed() { return left.exchange(never) <= 0; }

// The other forms go through these. They are malloc's, for a sanitizer has one of its own.
void* operator new(std::size_t size) {
  if (fails()) throw std::bad_alloc();
  return checked(std::malloc(size ? size : 1));
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  if (fails()) throw std::bad_alloc();
  const auto to = static_cast<std::size_t>(alignment);
  return checked(std::aligned_alloc(to, (size + to - 1) / to * to));
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
