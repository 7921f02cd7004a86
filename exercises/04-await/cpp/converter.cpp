#include "exercise-04-await/cpp/converter.h"

#include <numeric>
#include <utility>

#include "exercise-04-await/src/lib.rs.h"

void Converter::convert(rust::Vec<std::uint8_t> picture, rust::Box<Context> context) const {
  boost::asio::post(
      *threads_, [picture = std::move(picture), context = std::move(context)]() mutable {
        const auto sum = std::accumulate(picture.begin(), picture.end(), std::uint64_t{0});
        done(std::move(context), sum);
      });
}
