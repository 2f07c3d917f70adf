#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy over the compile commands of the tidy preset, as many at a time as there are cores.
# usage: tools/run_tidy.sh            every source under src/ but tests
#        tools/run_tidy.sh --changed  those that differ from main
#        tools/run_tidy.sh FILE…
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tools/build.sh
. tools/build.sh
cmake --preset tidy >/dev/null

case ${1:-} in
  "") mapfile -t files < <(find src -name '*.cpp' ! -name '*_test.cpp' ! -name '*_fuzz.cpp') ;;
  --changed) mapfile -t files < <(git diff --name-only --diff-filter=AM main -- 'src/*.cpp') ;;
  *) files=("$@") ;;
esac
[ ${#files[@]} -gt 0 ] || { echo "run_tidy: nothing to look at" && exit 0; }

# Only what is compiled: a file of another preset has no compile command.
known=$(python3 -c 'import json, os
for entry in json.load(open("build/tidy/compile_commands.json")):
    print(os.path.relpath(entry["file"]))')
mapfile -t files < <(comm -12 <(printf '%s\n' "${files[@]}" | sort -u) <(sort -u <<<"$known"))
if printf '%s\0' "${files[@]}" |
  xargs -0 -P "$(build_jobs)" -n 1 clang-tidy-14 -p build/tidy --quiet 2>/dev/null; then
  echo "run_tidy: ${#files[@]} files, nothing found"
else
  echo "run_tidy: mend what stands above, or say NOLINT(check) with the reason on its line" >&2
  exit 1
fi
