// Found by rust/co_await.h only where the crate's feature `recorder` is on.
#pragma once

// In src/recorder.rs. `event` is a literal.
extern "C" void coawait_record(const char* event, const void* call) noexcept;

#define COAWAIT_RECORD(event, call) ::coawait_record(event, call)
