#pragma once

#include "rust/cxx.h"
#include "rust/cxx_async_tokio.h"

CXXASYNC_DEFINE_FUTURE(double, FuturePrice);

FuturePrice total(rust::Vec<rust::String> basket, rust::Box<cxx_async_tokio::CallToken> token);
