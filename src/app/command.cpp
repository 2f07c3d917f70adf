// SPDX-License-Identifier: Apache-2.0
#include "app/command.h"

#include <cstdio>

namespace vedette::app {

int report(const Error& error) {
  std::fprintf(stderr, "vedette: %s\n", error.message().c_str());
  return error.code == ErrorCode::kInvalidArgument ? kWrongUsage : kCouldNot;
}

}  // namespace vedette::app
