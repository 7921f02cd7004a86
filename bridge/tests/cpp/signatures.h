// Whether a function's parameters and result travel alike on every machine, whatever the two
// languages think of structures: they do where each is one word or less.
#pragma once

#include <type_traits>

namespace {

template <typename T>
inline constexpr bool is_a_word = std::is_void_v<T> || std::is_reference_v<T> ||
                                  (std::is_scalar_v<T> && !std::is_floating_point_v<T>);

template <typename Function>
inline constexpr bool is_plain = false;
template <typename Result, typename... Parameters, bool quiet>
inline constexpr bool is_plain<Result (*)(Parameters...) noexcept(quiet)> =
    is_a_word<Result> && (is_a_word<Parameters> && ...);

template <typename... Functions>
constexpr bool all_plain(const Functions&...) {
  return (is_plain<Functions> && ...);
}

}  // namespace
