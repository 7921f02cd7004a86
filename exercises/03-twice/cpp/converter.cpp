#include "exercise-03-twice/cpp/converter.h"

#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include "exercise-03-twice/src/lib.rs.h"

namespace {

std::uint64_t add_up(const rust::Vec<std::uint8_t>& picture) {
  if (picture.empty()) throw std::invalid_argument("there is no picture");
  return std::accumulate(picture.begin(), picture.end(), std::uint64_t{0});
}

// One conversion, and the promise to call back.
class Job {
 public:
  Job(rust::Vec<std::uint8_t> picture, Context* context)
      : picture_(std::move(picture)), context_(context) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  // > no-last-resort
  // | ~Job() = default;
  // > flag-forgotten
  // | ~Job() {
  // |   if (!is_done_) finish(Outcome::Abandoned);
  // | }
  // > given
  // | ~Job() { finish(Outcome::Abandoned); }
  // > solution
  ~Job() { finish(Outcome::Abandoned); }
  // > end

  void run() noexcept {
    try {
      // > flag-forgotten
      // | finish(Outcome::Converted, add_up(picture_));
      // | is_done_ = true;
      // > given
      // | finish(Outcome::Converted, add_up(picture_));
      // > solution
      finish(Outcome::Converted, add_up(picture_));
      // > end
    } catch (const std::exception&) {
      finish(Outcome::Refused);
    }
  }

 private:
  // > given
  // | void finish(Outcome outcome, std::uint64_t sum = 0) noexcept {
  // |   // Rust frees the context.
  // |   done(context_, outcome, sum);
  // | }
  // > solution
  void finish(Outcome outcome, std::uint64_t sum = 0) noexcept {
    if (auto* context = std::exchange(context_, nullptr)) done(context, outcome, sum);
  }
  // > end

  rust::Vec<std::uint8_t> picture_;
  Context* context_;
  // > flag-forgotten
  // | bool is_done_ = false;
  // > given
  // > solution
  // > end
};

}  // namespace

void Converter::convert(rust::Vec<std::uint8_t> picture, Context* context) const {
  auto job = std::make_unique<Job>(std::move(picture), context);
  boost::asio::post(threads_, [job = std::move(job)] { job->run(); });
}
