#include "exercise-05-leak/cpp/converter.h"

#include <functional>
#include <numeric>
#include <optional>
#include <sstream>
#include <utility>

#include "exercise-05-leak/cpp/alive.h"
#include "exercise-05-leak/src/lib.rs.h"

namespace {

struct Picture : alive<Picture> {
  explicit Picture(rust::Vec<std::uint8_t> given) : bytes(std::move(given)) {}
  rust::Vec<std::uint8_t> bytes;
};

// One conversion.
class Job : public std::enable_shared_from_this<Job>, alive<Job> {
 public:
  using alive<Job>::count;

  Job(rust::Vec<std::uint8_t> picture, rust::Box<Context> context)
      : picture_(std::make_unique<Picture>(std::move(picture))), context_(std::move(context)) {}

  void begin(boost::asio::thread_pool& threads) {
    // > given
    // | on_end_ = [job = shared_from_this()](bool is_converted, std::uint64_t sum) {
    // |   job->answer(is_converted, sum);
    // | };
    // > weak, weak-everywhere
    // | on_end_ = [weak = weak_from_this()](bool is_converted, std::uint64_t sum) {
    // |   if (const auto job = weak.lock()) job->answer(is_converted, sum);
    // | };
    // > solution
    on_end_ = [this](bool is_converted, std::uint64_t sum) { answer(is_converted, sum); };
    // > end
    // > weak-everywhere
    // | boost::asio::post(threads, [weak = weak_from_this()] {
    // |   if (const auto job = weak.lock()) job->run();
    // | });
    // > given
    // | boost::asio::post(threads, [job = shared_from_this()] { job->run(); });
    // > solution
    boost::asio::post(threads, [job = shared_from_this()] { job->run(); });
    // > end
  }

 private:
  void run() {
    const auto& bytes = picture_->bytes;
    // > cleared-when-converted
    // | if (bytes.empty()) {
    // |   on_end_(false, 0);
    // | } else {
    // |   on_end_(true, std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0}));
    // |   on_end_ = nullptr;
    // | }
    // > cleared-when-ran
    // | on_end_(!bytes.empty(), std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0}));
    // | on_end_ = nullptr;
    // > given
    // | on_end_(!bytes.empty(), std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0}));
    // > solution
    on_end_(!bytes.empty(), std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0}));
    // > end
  }

  void answer(bool is_converted, std::uint64_t sum) {
    done(std::move(*context_), is_converted, sum);
    context_.reset();
  }

  std::unique_ptr<Picture> picture_;
  std::optional<rust::Box<Context>> context_;
  std::function<void(bool is_converted, std::uint64_t sum)> on_end_;
};

}  // namespace

void Converter::convert(rust::Vec<std::uint8_t> picture, rust::Box<Context> context) const {
  std::make_shared<Job>(std::move(picture), std::move(context))->begin(threads_);
}

rust::String metrics() {
  std::ostringstream text;
  text << "cpp_live{kind=\"Job\"} " << Job::count() << '\n'
       << "cpp_live{kind=\"Picture\"} " << Picture::count() << '\n';
  return text.str();
}
