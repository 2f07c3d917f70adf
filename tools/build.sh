#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Building the program and the interface, each only when something it is made from has changed.
# Sourced by ./run and ./test, with the repository as working directory.

# Compilers of headers like Beast's take up to 1.5 GiB each: no more of them than memory allows.
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ {print int($2 / 1500000)}' /proc/meminfo)
  [ "$memory" -lt 1 ] && memory=1
  echo "${VEDETTE_JOBS:-$((cores < memory ? cores : memory))}"
}

# say LINE: to the person who waits, also where the output of a build goes into a log. Who sources
# this file may have opened descriptor 3 for it.
say() {
  if { true >&3; } 2>/dev/null; then echo "$1" >&3; else echo "$1"; fi
}

# newer_than STAMP PATH…: is anything under the paths newer than the stamp, or is there none?
newer_than() {
  local stamp=$1
  shift
  [ -e "$stamp" ] || return 0
  [ -n "$(find "$@" \( -name node_modules -o -name dist \) -prune -o -newer "$stamp" -print -quit \
    2>/dev/null)" ]
}

# build_preset PRESET [TARGET…]: configures (a new folder under src/ is only seen then) and builds.
build_preset() {
  local preset=$1
  shift
  cmake --preset "$preset" || return
  cmake --build "build/$preset" -j "$(build_jobs)" ${1:+--target "$@"}
}

build_program() {
  local stamp=build/release/.program-built begun
  newer_than "$stamp" src cmake CMakeLists.txt CMakePresets.json || return 0
  [ -x build/release/vedette ] ||
    say "Building the program: 5 to 10 minutes the first time on two cores."
  mkdir -p build/release
  begun=$(mktemp)
  build_preset release vedette || { rm -f "$begun"; return 1; }
  touch -r "$begun" "$stamp"
  rm -f "$begun"
}

install_web() {
  newer_than web/node_modules/.installed web/package-lock.json || return 0
  (cd web && npm ci --no-audit --no-fund --loglevel=error </dev/null) || return
  touch web/node_modules/.installed
}

build_web() {
  [ -e web/package.json ] || return 0
  newer_than web/dist/.built web docs/ref/openapi.yaml || return 0
  install_web || return
  (cd web && npm run --silent build </dev/null) || return
  touch web/dist/.built  # after the build, which writes generated sources
}
