// A C++ program that awaits async Rust.
#include <iostream>

#include "owned-by-cmake/src/lib.rs.h"
#include "rust/co_await.h"

// It goes to no executor, so it goes on in the thread that awaits it.
rust::async::future<rust::String> welcome(const Greeter& greeter, rust::String name) {
  const rust::String greeting = co_await greeter.greet(name);
  co_return std::string(greeting) + ", and welcome";
}

int main(int argc, char** argv) try {
  const auto greeter = new_greeter();
  std::cout << rust::async::block_on(welcome(*greeter, argc > 1 ? argv[1] : "")) << std::endl;
  return 0;
} catch (const std::exception& error) {
  std::cerr << "error: " << error.what() << std::endl;
  return 1;
}
