#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the packages of tools/packages/ that are missing. Does nothing, quickly, when none is.
# usage: tools/install.sh run|test      (as root, or as somebody who may use sudo)
set -euo pipefail
cd "$(dirname "$0")/.."

lists=(tools/packages/run.txt)
[ "${1:-run}" = test ] && lists+=(tools/packages/test.txt)
mapfile -t wanted < <(grep -hv '^#' "${lists[@]}")

node_is_enough() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 18')" = true ]
}
# Debian's npm conflicts with the nodejs of other sources, so a pair that is there is left alone.
node_is_enough || wanted+=(nodejs npm)

command -v dpkg-query >/dev/null || {
  echo "This is not Debian: install these by other means, then start again: ${wanted[*]}" >&2
  exit 3
}
installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
  awk '$2 == "installed" {print $1}') || true  # it fails for names it has never seen
mapfile -t missing < <(
  comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) <(sort -u <<<"$installed"))
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "As root, run: apt-get install -y ${missing[*]}" >&2
    exit 3
  }
  as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 \
    -o Acquire::Retries=3 "$@" </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "Could not install: ${missing[*]}. Mend what apt-get says above, then start again." >&2
    exit 3
  fi
}
echo "Installing ${#missing[@]} packages: ${missing[*]}"
apt update
apt install -y --no-install-recommends "${missing[@]}"
