// SPDX-License-Identifier: Apache-2.0
// How a long-running command is told to stop: SIGINT or SIGTERM.
#pragma once

#include <chrono>
#include <csignal>

namespace vedette::app {

/// Blocks them for this thread and those it starts; call it before the first thread. SIGPIPE is
/// ignored: a browser that goes away must not end the recorder.
[[nodiscard]] sigset_t block_stop_signals();

/// Returns once one of them has arrived.
void wait_for_stop(const sigset_t& signals);
/// True when one arrived within `time`.
[[nodiscard]] bool stop_within(const sigset_t& signals, std::chrono::milliseconds time);

}  // namespace vedette::app
