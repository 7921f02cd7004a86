#include "bridge-example/cpp/client.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <string>

#include "bridge-example/src/main.rs.h"
#include "rust/co_await_asio.h"

namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;

namespace {

asio::awaitable<void> greet(tcp::socket& socket, std::uint16_t port, std::string token) {
  co_await socket.async_connect({asio::ip::address_v4::loopback(), port}, use_awaitable);
  co_await asio::async_write(socket, asio::buffer(token += '\n'), use_awaitable);
}

// The next line, or nothing when the peer has said all. `read` is what came after the one before.
asio::awaitable<std::optional<std::string>> next_line(tcp::socket& socket, std::string& read) {
  boost::system::error_code error;
  const auto size = co_await asio::async_read_until(socket, asio::dynamic_buffer(read), '\n',
                                                    asio::redirect_error(use_awaitable, error));
  if (error == asio::error::eof) co_return std::nullopt;
  if (error) throw boost::system::system_error(error);
  const std::string line = read.substr(0, size - 1);
  read.erase(0, size);
  co_return line;
}

}  // namespace

// Goes to the pool, and comes back there after Rust has found the token, and after each line.
rust::async::stream<rust::String> Client::ask(std::uint16_t port, rust::Box<Tokens> tokens,
                                              rust::String user) const {
  co_await rust::async::schedule(threads_);
  const rust::String token = co_await tokens->find(user);
  tcp::socket socket(threads_);
  co_await rust::async::schedule_on(threads_, greet(socket, port, std::string(token)));
  std::string read;
  while (auto line = co_await rust::async::schedule_on(threads_, next_line(socket, read))) {
    co_yield *line;
  }
}

std::unique_ptr<Client> new_client(std::size_t threads) {
  return std::make_unique<Client>(threads);
}
