#include "step-02-boost-callbacks/cpp/converter.h"

#include <boost/asio/post.hpp>
#include <optional>
#include <utility>

#include "codec/cpp/codec.h"
#include "codec/cpp/live.h"
#include "step-02-boost-callbacks/src/lib.rs.h"

namespace {

// One conversion, and the promise to call back: kept by the destructor if nothing else has.
class Job {
 public:
  Job(rust::Slice<const std::uint8_t> jpeg, rust::Box<Context> context, Done done)
      : jpeg_(jpeg.data(), jpeg.data() + jpeg.size()), context_(std::move(context)), done_(done) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  ~Job() { finish(Outcome::Abandoned); }

  // Nothing may leave the pool's thread but a call of `done`: an exception would end the process.
  void run(std::uint64_t max_pixels) noexcept {
    if ((*context_)->abandoned()) return;
    try {
      auto png = codec::jpeg_to_png(jpeg_, {max_pixels});
      finish(Outcome::Converted, std::make_unique<std::vector<std::uint8_t>>(std::move(png)));
    } catch (const std::exception& error) {
      finish(Outcome::Refused, nullptr, error.what());
    } catch (...) {
      finish(Outcome::Refused, nullptr, "an exception of an unknown type");
    }
  }

 private:
  void finish(Outcome outcome, Png png = nullptr, const char* reason = "") noexcept {
    if (auto context = std::exchange(context_, std::nullopt)) {
      done_(std::move(*context), outcome, std::move(png), rust::String::lossy(reason));
    }
  }

  std::vector<std::uint8_t> jpeg_;
  std::optional<rust::Box<Context>> context_;
  Done done_;
  codec::live live_;
};

}  // namespace

Converter::Converter(std::size_t threads, std::uint64_t max_pixels)
    : max_pixels_(max_pixels), pool_(threads) {}

void Converter::convert(rust::Slice<const std::uint8_t> jpeg, rust::Box<Context> context,
                        Done done) const {
  auto job = std::make_unique<Job>(jpeg, std::move(context), done);
  boost::asio::post(pool_,
                    [job = std::move(job), max_pixels = max_pixels_] { job->run(max_pixels); });
}

std::unique_ptr<Converter> new_converter(std::size_t threads, std::uint64_t max_pixels) {
  return std::make_unique<Converter>(threads, max_pixels);
}
