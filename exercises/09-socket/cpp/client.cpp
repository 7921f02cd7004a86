#include "exercise-09-socket/cpp/client.h"

#include <boost/asio/post.hpp>
// > impatient
// | #include <boost/asio/steady_timer.hpp>
// > given
// > solution
// > end
#include <boost/system/system_error.hpp>
#include <coroutine>
#include <stop_token>
#include <utility>

#include "rust/co_await_asio.h"

namespace {

// Awaits the callback of a connection: the next line, or an exception.
class next_line {
 public:
  explicit next_line(Connection& connection) : connection_(connection) {}

  bool await_ready() const { return false; }
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> coroutine) {
    connection_.read_line([this, coroutine](boost::system::error_code error, std::string line) {
      error_ = error;
      line_ = std::move(line);
      coroutine.resume();
    });
  }
  std::string await_resume() {
    if (error_) throw boost::system::system_error(error_);
    return std::move(line_);
  }

 private:
  Connection& connection_;
  boost::system::error_code error_;
  std::string line_;
};

}  // namespace

FutureLine ask(const Client& client, std::uint16_t port) {
  co_await rust::async::schedule(client.threads());
  const auto connection = std::make_shared<Connection>(client, port);
  // > given
  // > closed-there
  // | const std::stop_token stop = co_await rust::async::this_coro::stop_token;
  // | const std::stop_callback hang_up(stop, [connection] { connection->close(); });
  // > impatient
  // | boost::asio::steady_timer patience(client.threads(), std::chrono::milliseconds(500));
  // | patience.async_wait([connection](boost::system::error_code error) {
  // |   if (!error) connection->close();
  // | });
  // > shared
  // | const std::stop_token stop = co_await rust::async::this_coro::stop_token;
  // | const std::stop_callback hang_up(stop, [&threads = client.threads(), connection] {
  // |   boost::asio::post(threads, [connection] { connection->close(); });
  // | });
  // > solution
  const std::stop_token stop = co_await rust::async::this_coro::stop_token;
  const std::stop_callback hang_up(
      stop, [&] { boost::asio::post(client.threads(), [connection] { connection->close(); }); });
  // > end
  co_return std::make_unique<std::string>(co_await next_line(*connection));
}
