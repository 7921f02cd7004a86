// The future that both languages know.
#pragma once

#include "rust/co_await.h"
#include "rust/cxx.h"

CXXASYNC_DEFINE_FUTURE(rust::String, FutureText);
