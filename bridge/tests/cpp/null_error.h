#pragma once

#include <exception>

// An exception that says nothing at all.
struct null_error : std::exception {
  const char* what() const noexcept override { return nullptr; }
};
