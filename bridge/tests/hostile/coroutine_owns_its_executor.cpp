#include "bridge-tests/hostile/coroutine_owns_its_executor.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <stdexcept>
#include <thread>
#include <utility>

#include "bridge-tests/cpp/pool.h"
#include "bridge-tests/hostile/coroutine_owns_its_executor.rs.h"
#include "rust/co_await_asio.h"

using rust::async::schedule;

namespace {

FutureNumber ends(std::shared_ptr<Pool> pool, std::shared_ptr<Gate> gate) {
  co_await schedule(*pool);
  gate->pass();
  co_return 1;
}

FutureNumber awaits(std::shared_ptr<Pool> pool, std::shared_ptr<Gate> gate, FutureNumber future) {
  co_await schedule(*pool);
  gate->pass();
  co_return co_await std::move(future);
}

FutureNumber throws(std::shared_ptr<Pool> pool, std::shared_ptr<Gate> gate) {
  co_await schedule(*pool);
  gate->pass();
  throw std::runtime_error("out of cheese");
}

}  // namespace

FutureNumber owns_its_pool(std::shared_ptr<Gate> gate) {
  return ends(std::make_shared<Pool>(2), std::move(gate));
}

FutureNumber owns_its_pool_and_awaits(std::shared_ptr<Gate> gate, FutureNumber future) {
  return awaits(std::make_shared<Pool>(2), std::move(gate), std::move(future));
}

FutureNumber owns_its_pool_and_throws(std::shared_ptr<Gate> gate) {
  return throws(std::make_shared<Pool>(2), std::move(gate));
}

FutureNumber owns_its_context(std::shared_ptr<Gate> gate) {
  boost::asio::io_context context;
  const auto work = boost::asio::make_work_guard(context);
  std::thread([&context] { context.run(); }).detach();
  co_await schedule(context);
  gate->pass();
  co_return 1;
}
