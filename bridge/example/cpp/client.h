#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>

#include "rust/co_await.h"
#include "rust/cxx.h"

struct Tokens;  // Rust's

// Owns the threads that it works in.
class Client {
 public:
  explicit Client(std::size_t threads) : threads_(threads) {}

  // What a peer on this machine says to a user, line by line. Read by Rust.
  rust::async::stream<rust::String> ask(std::uint16_t port, rust::Box<Tokens> tokens,
                                        rust::String user) const;

 private:
  mutable boost::asio::thread_pool threads_;
};

std::unique_ptr<Client> new_client(std::size_t threads);
