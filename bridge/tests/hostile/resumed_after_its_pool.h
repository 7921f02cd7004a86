#pragma once

#include <coroutine>
#include <memory>
#include <mutex>

#include "bridge-tests/hostile/numbers.h"

// Whoever waits for it goes on in the thread that rings. It knows nothing of the bridge.
class Bell {
 public:
  Bell();
  Bell(const Bell&) = delete;
  ~Bell();

  // Each goes to the pool, waits for the bell, and then
  FutureNumber then_awaits(const Pool& pool, FutureNumber future) const;   // awaits Rust
  FutureNumber then_reads(const Pool& pool, StreamNumber stream) const;    // the same of a stream
  FutureNumber then_schedules(const Pool& pool) const;                     // goes there again
  FutureNumber then_schedules_on(const Pool& pool) const;                  // runs something there
  FutureNumber then_moves(const Pool& pool, const Pool& other) const;      // goes to another one
  FutureNumber then_locks(const Pool& pool) const;                         // waits for a key
  FutureNumber then_ends(const Pool& pool) const;                          // is at its end
  FutureNumber then_catches(const Pool& pool, FutureNumber future) const;  // would go on
  StreamNumber then_yields(const Pool& pool) const;                        // yields, and yields

  bool has_somebody() const;
  void ring() const;
  // Holds the key that is waited for.
  FutureNumber holds_key(FutureNumber until) const;

 private:
  struct stranger_to_the_bridge;
  struct keys;

  mutable std::mutex mutex_;  // guards what follows
  mutable std::coroutine_handle<> waits_;
  std::unique_ptr<keys> keys_;
};

std::unique_ptr<Bell> new_bell();
