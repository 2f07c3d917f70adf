#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Says which C++ files are not as clang-format 14 writes them. `tools/check_format.sh -i` mends them.
set -euo pipefail
cd "$(dirname "$0")/.."
find src tests bench \( -name node_modules -o -name testdata \) -prune -o \
  \( -name '*.cpp' -o -name '*.h' \) -print0 |
  if [ "${1:-}" = -i ]; then xargs -0 clang-format-14 -i; else
    xargs -0 clang-format-14 --dry-run -Werror 2>&1 | grep -E 'error:' && exit 1 || exit 0
  fi
