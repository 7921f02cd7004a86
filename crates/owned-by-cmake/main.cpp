// A C++ program that awaits async Rust.
#include <boost/asio/io_context.hpp>
#include <iostream>

#include "owned-by-cmake/src/lib.rs.h"
#include "rust/co_await_asio.h"

boost::asio::awaitable<void> run(const Greeter& greeter, const char* name) {
  const rust::String greeting = co_await rust::async::async_await(greeter.greet(name));
  std::cout << greeting << std::endl;
}

int main(int argc, char** argv) try {
  const auto greeter = new_greeter();
  boost::asio::io_context context;
  boost::asio::co_spawn(context, run(*greeter, argc > 1 ? argv[1] : ""), [](auto exception) {
    if (exception) std::rethrow_exception(exception);
  });
  context.run();
  return 0;
} catch (const std::exception& error) {
  std::cerr << "error: " << error.what() << std::endl;
  return 1;
}
