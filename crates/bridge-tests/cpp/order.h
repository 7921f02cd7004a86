// The order in which the parts of a coroutine are destroyed, in words.
//
// The call token lives on it. It is a parameter, and the channel to Rust is in the promise: when
// the token's destructor runs, the channel has to be closed.
#pragma once

#include <coroutine>
#include <exception>
#include <string>
#include <utility>

namespace {

// Writes its name down when it is destroyed, unless it was moved from.
class Part {
 public:
  Part(std::string& order, std::string name) : order_(order), name_(std::move(name)) {}
  Part(Part&& other) noexcept : order_(other.order_), name_(std::exchange(other.name_, {})) {}
  ~Part() {
    if (!name_.empty()) order_ += order_.empty() ? name_ : ", " + name_;
  }

  Part beside(std::string name) const { return {order_, std::move(name)}; }

 private:
  std::string& order_;
  std::string name_;
};

struct Parts {
  // It begins and ends as the coroutines of cxx-async do: at once, and by itself.
  class promise_type {
   public:
    promise_type(const Part& parameter, bool) : part_(parameter.beside("promise")) {}
    Parts get_return_object() noexcept {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }

   private:
    Part part_;
  };

  std::coroutine_handle<promise_type> frame;
};

Parts has_parts(Part parameter, bool waits) {
  const Part local = parameter.beside("local");
  if (waits) co_await std::suspend_always();
}

std::string order_of_parts(bool destroyed_while_it_waits) {
  std::string order;
  const Parts parts = has_parts({order, "parameter"}, destroyed_while_it_waits);
  if (destroyed_while_it_waits) parts.frame.destroy();
  return order;
}

}  // namespace
