#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs many seeds of the simulation in chunks and appends one line of JSON for each to a log, with
# the seeds that found something. Started again with the same log it goes on behind its last line.
# usage: tools/seeds.sh LOG [LAST]     (LAST: 100000; build the target archive_sim first)
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
log=$(realpath -m "${1:?usage: tools/seeds.sh LOG [LAST]}")
last=${2:-100000}
chunk=250
next=1
if [ -s "$log" ]; then
  next=$(tail -n 1 "$log" | python3 -c \
    'import json, sys; line = json.load(sys.stdin); print(line["first"] + line["count"])')
fi
while [ "$next" -le "$last" ]; do
  count=$((last - next + 1 < chunk ? last - next + 1 : chunk))
  # A chunk that found something is no reason to stop; one that did not end is.
  line=$(nice -n 19 build/release/tests/sim/archive_sim --seeds "$count" --first "$next" --verify \
    2>>"$log.findings") || [ -n "$line" ]
  echo "$line" >>"$log"
  next=$((next + count))
done
