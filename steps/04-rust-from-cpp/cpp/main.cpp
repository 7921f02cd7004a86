// Rust from a program that C++ owns: keeps one picture in a store, and says what it kept.
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "codec/cpp/codec.h"
#include "rust/cxx_async_asio.h"
#include "step-04-rust-from-cpp/cpp/converter.h"
#include "step-04-rust-from-cpp/src/lib.rs.h"

namespace {

namespace asio = boost::asio;
using rust::async::async_await;

std::vector<std::uint8_t> read(const std::filesystem::path& path) {
  std::vector<std::uint8_t> bytes;
  std::ifstream file(path, std::ios::binary);
  // A folder can be opened too.
  if (std::error_code error; std::filesystem::is_regular_file(path, error)) {
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  if (bytes.empty()) {
    throw std::runtime_error("cannot read " + path.string() + "; give the path of a JPEG");
  }
  return bytes;
}

asio::awaitable<void> convert_and_store(std::filesystem::path jpeg, const Store& store) {
  const std::string name = jpeg.stem().string() + ".png";
  Kept kept = co_await async_await(store.head(name));
  if (kept.state != State::Missing) {
    std::cout << name << " was there, ETag " << std::string(kept.etag) << std::endl;
    co_return;
  }
  // This thread has nothing else to do; a server would go to its pool, as converter.cpp does.
  auto png = std::make_unique<std::vector<std::uint8_t>>(codec::jpeg_to_png(read(jpeg)));
  const std::size_t size = png->size();
  kept = co_await async_await(store.put(name, std::move(png)));
  std::cout << "kept " << name << ", " << size << " bytes, ETag " << std::string(kept.etag)
            << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: " << argv[0] << " JPEG [STORE]" << std::endl;
    return 2;
  }
  try {
    const auto runtime = new_runtime();
    const auto store = open_store(argc == 3 ? argv[2] : "memory:///", *runtime);
    asio::io_context context;
    asio::co_spawn(context, convert_and_store(argv[1], *store), [](std::exception_ptr exception) {
      if (exception) std::rethrow_exception(exception);
    });
    context.run();
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << std::endl;
    return EXIT_FAILURE;
  }
}
