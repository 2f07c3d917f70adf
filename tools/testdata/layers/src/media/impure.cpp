// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"
#include <thread>
#include "impure.h"
#include "net/socket.h"
