// Rust from a program that C++ owns: keeps one picture in a store, and says what it kept.
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "codec/cpp/codec.h"
#include "rust/co_await_asio.h"
#include "step-04-rust-from-cpp/cpp/converter.h"
#include "step-04-rust-from-cpp/src/lib.rs.h"

namespace {

using rust::async::async_await;

Png to_png(const std::filesystem::path& jpeg) {
  std::ostringstream bytes;
  // Fails as well where nothing is in it, or where it is a folder.
  if (!(bytes << std::ifstream(jpeg, std::ios::binary).rdbuf())) {
    throw std::runtime_error("cannot read " + jpeg.string() + "; give the path of a JPEG");
  }
  const auto view = bytes.view();
  return std::make_unique<std::vector<std::uint8_t>>(
      codec::jpeg_to_png({reinterpret_cast<const std::uint8_t*>(view.data()), view.size()}));
}

boost::asio::awaitable<void> look_convert_keep(std::filesystem::path jpeg, const Store& store) {
  const std::string name = jpeg.stem().string() + ".png";
  auto etag = co_await async_await(store.head(name));
  if (!etag.empty()) {
    std::cout << name << " was there, ETag " << etag << std::endl;
    co_return;
  }
  // This thread has nothing else to do; a server would go to its pool, as converter.cpp does.
  auto png = to_png(jpeg);
  const auto size = png->size();
  etag = co_await async_await(store.put(name, std::move(png)));
  std::cout << "kept " << name << ", " << size << " bytes, ETag " << etag << std::endl;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: " << argv[0] << " JPEG [STORE]" << std::endl;
    return 2;
  }
  const auto store = open_store(argc == 3 ? argv[2] : "memory:///");
  boost::asio::io_context context;
  boost::asio::co_spawn(context, look_convert_keep(argv[1], *store), [](auto exception) {
    if (exception) std::rethrow_exception(exception);
  });
  context.run();
  return 0;
} catch (const std::exception& error) {
  std::cerr << "error: " << error.what() << std::endl;
  return 1;
}
