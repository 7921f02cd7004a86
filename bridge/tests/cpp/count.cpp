#include "bridge-tests/cpp/count.h"

#include <atomic>
#include <cerrno>
#include <cstddef>

namespace {

std::atomic<std::int64_t> asked = 0;
std::atomic<std::int64_t> there = 0;

}  // namespace

std::int64_t allocations() { return asked; }
std::int64_t allocated() { return there; }

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_ITS_OWN_MALLOC
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_ITS_OWN_MALLOC
#endif

// glibc's own, which stand behind malloc and its like.
#if defined(__GLIBC__) && !defined(HAS_ITS_OWN_MALLOC)

extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) {
  ++asked;
  ++there;
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
  ++asked;
  ++there;
  return __libc_calloc(count, size);
}

void* realloc(void* memory, std::size_t size) {
  ++asked;
  if (!memory) ++there;
  return __libc_realloc(memory, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++asked;
  ++there;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  *memory = aligned_alloc(alignment, size);
  return *memory ? 0 : ENOMEM;
}

void free(void* memory) {
  if (memory) --there;
  __libc_free(memory);
}

}  // extern "C"

#endif
