#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds every fuzz target and runs each for some seconds from its committed corpus, two at a time.
# usage: tools/fuzz.sh [SECONDS=10] [TARGET…]     a line per target: "ok NAME …" or "failed NAME …"
# What is found stays in build/fuzz/found/; a crash is committed to the corpus with its mend.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=tools/build.sh
. tools/build.sh
seconds=${1:-10}
shift || true

mkdir -p build
build_preset fuzz >build/fuzz-build.log 2>&1 || {
  tail -n 40 build/fuzz-build.log
  echo "failed fuzz-build" | tee build/fuzz/summary.log
  exit 1
}
mkdir -p build/fuzz/found
fuzz_one() {
  local binary=$1 seconds=$2 name corpus grown log
  name=$(basename "$binary")
  corpus=$(dirname "${binary#build/fuzz/}")/corpus/$name
  grown=build/fuzz/corpus/$name
  log=build/fuzz/$name.log
  mkdir -p "$grown"
  if timeout "$((seconds + 60))" "$binary" -max_total_time="$seconds" -rss_limit_mb=1024 \
    -timeout=10 -artifact_prefix="build/fuzz/found/$name-" "$grown" "$corpus" >"$log" 2>&1; then
    echo "ok $name $(grep -o 'Done [0-9]* runs.*' "$log" | tail -n 1)"
  else
    tail -n 30 "$log"
    echo "failed $name (build/fuzz/found/)"
  fi
}
export -f fuzz_one
find_targets() {
  if [ $# -gt 0 ]; then
    local name
    for name in "$@"; do find build/fuzz/src -name "$name" -type f -perm -u+x; done
  else
    find build/fuzz/src -name '*_fuzz' -type f -perm -u+x | sort
  fi
}
find_targets "$@" | xargs -r -P 2 -I{} bash -c 'fuzz_one {} '"$seconds" | tee build/fuzz/summary.log
! grep -q '^failed' build/fuzz/summary.log
