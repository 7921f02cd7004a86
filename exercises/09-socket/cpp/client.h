// The C++ side of the bridge.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "exercise-09-socket/cpp/connection.h"
#include "rust/co_await.h"
#include "rust/cxx.h"

CXXASYNC_DEFINE_FUTURE(std::unique_ptr<std::string>, FutureLine);

// Asks the peer that listens on a port of this machine for a line.
FutureLine ask(const Client& client, std::uint16_t port);
