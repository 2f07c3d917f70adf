#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Says which C++ files are not as clang-format 14 writes them; `tools/check_format.sh -i` mends it.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -d '' -t files < <(find src tests bench \
  \( -name node_modules -o -name testdata \) -prune -o \( -name '*.cpp' -o -name '*.h' \) -print0)
if [ "${1:-}" = -i ]; then
  clang-format-14 -i "${files[@]}"
elif ! clang-format-14 --dry-run -Werror "${files[@]}" 2>&1 | { ! grep 'error:'; }; then
  echo "check_format: run tools/check_format.sh -i" >&2
  exit 1
fi
