// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>
#include "media/track.h"
#include "bogus/thing.h"
