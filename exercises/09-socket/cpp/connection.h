// A library that reads from the network and calls back. Nothing to do here.
#pragma once

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

// The pool of one thread to which all connections belong.
class Client {
 public:
  boost::asio::thread_pool& threads() const { return threads_; }
  bool is_own_thread() const { return threads_.get_executor().running_in_this_thread(); }

  // How many connections there are, and whether one was closed in a thread that is not theirs.
  std::size_t connections() const { return connections_; }
  bool closed_elsewhere() const { return closed_elsewhere_; }

 private:
  friend class Connection;
  mutable std::atomic<std::size_t> connections_ = 0;
  mutable std::atomic<bool> closed_elsewhere_ = false;
  mutable boost::asio::thread_pool threads_{1};
};

inline std::unique_ptr<Client> new_client() { return std::make_unique<Client>(); }

// To be used in the client's thread only.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(const Client& client, std::uint16_t port)
      : client_(client), socket_(client.threads().get_executor()) {
    ++client_.connections_;
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { --client_.connections_; }

  // Reads a line, and calls back when it is there, or when there will be none.
  void read_line(std::function<void(boost::system::error_code, std::string)> done) {
    boost::asio::async_read_until(
        socket_, boost::asio::dynamic_buffer(buffer_), '\n',
        [self = shared_from_this(), done = std::move(done)](auto error, std::size_t length) {
          done(error, self->buffer_.substr(0, length == 0 ? 0 : length - 1));
        });
  }

  // Hangs up. Whoever waits for a line is called back with an error.
  void close() {
    if (!client_.is_own_thread()) client_.closed_elsewhere_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  const Client& client_;
  boost::asio::ip::tcp::socket socket_;
  std::string buffer_;
};
