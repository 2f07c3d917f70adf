#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Verifies recordings without Vedette: files, volumes with their ledger, and export bundles.

usage: verify.py PATH [--key KEY] [--json]

PATH is a recording file (.mp4), a ledger file (.ledger) or the folder of one, a folder of
recordings (a volume), or a bundle (.zip). KEY is the site's public key or its fingerprint, 64 hex
digits. Written from docs/design/format.md and docs/design/bundle.md alone; needs Python 3.9 and
python3-cryptography.

Exit: 0 every byte is accounted for, 1 it is not, 2 wrong usage, 3 could not read it.
"""
import argparse
import json
import pathlib
import re
import sys

from verify_boxes import sha
from verify_bundle import Bundle, is_original
from verify_recording import Findings, Recording
from verify_volume import Ledger, Volume, contents


def verify(path, findings):
    """Everything at `path`; gives the bundle when it is one."""
    if path.is_dir():
        Volume(findings, path)
        return None
    data = contents(path)
    if path.suffix == ".zip":
        return Bundle(findings, data)
    findings.path = path.name
    if path.suffix == ".ledger":
        ledger = Ledger(findings)
        ledger.read(data)
        ledger.finish()
    elif is_original(path.name, data):
        Recording(findings, data, piece=True)
        findings.notes.append(f"{path} is a piece of a recording out of an export bundle: whether "
                              "something before or behind it is missing only the bundle says; "
                              "verify the .zip that it came from")
    else:
        Recording(findings, data)
        if not findings.records and not findings.checkpoints:
            findings.notes.append(f"nothing in {path} is signed, so nothing can be proven: a plain "
                                  "export has no signatures; for a bundle that has them: "
                                  "vedette export --out NAME.zip")
    return None


def as_json(findings, bundle):
    keys = [{"key": key, "fingerprint": sha(bytes.fromhex(key)).hex()}
            for key in sorted(findings.keys)]
    out = {"intact": not findings.list, "findings": findings.list, "fragments": findings.records,
           "checkpoints": findings.checkpoints, "not_signed_yet": findings.not_signed_yet,
           "torn": findings.torn, "notes": findings.notes,
           "keys": keys}
    if bundle and bundle.manifest:
        out["complete"], out["holes"] = not bundle.holes, bundle.holes
    return out


def show(result):
    for finding in result["findings"]:
        place = finding["path"] + (f" byte {finding['offset']}" if finding["offset"] else "")
        print(f"{finding['class']}: {place}: {finding['detail']}")
    for end in result["torn"]:
        print(f"note: {end['path']} byte {end['offset']}: {end['bytes']} bytes are what a crash "
              "left; nobody vouches for them")
    for hole in result.get("holes", []):
        print(f"not recorded: {hole['from_us']} to {hole['to_us']} µs: "
              f"{hole['cause'] or 'nobody says why'}")
    for note in result["notes"]:
        print(f"note: {note}")
    print(f"{result['fragments']} fragments, {result['checkpoints']} checkpoints, "
          f"{result['not_signed_yet']} not signed yet")
    for key in result["keys"]:
        print(f"signed with the key of fingerprint {key['fingerprint']}; compare it with the one "
              "that the site has published")
    print("intact: every byte is accounted for" if result["intact"] else "NOT intact")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=pathlib.Path)
    parser.add_argument("--key", help="the site's public key or its fingerprint, in hex")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    key = options.key and options.key.removeprefix("ed25519 ").strip()
    if key and not re.fullmatch("[0-9a-fA-F]{64}", key):
        parser.error("--key takes 64 hex digits")
    has = {name for name in ("config.db", "vedette-volume.json") if (options.path / name).exists()}
    if has == {"config.db"}:
        parser.error(f"{options.path} is a data folder; verify {options.path}/video in it")
    findings = Findings(key)
    try:
        bundle = verify(options.path, findings)
    except OSError as error:
        print(f"verify.py: {error}", file=sys.stderr)
        return 3
    result = as_json(findings, bundle)
    if options.json:
        print(json.dumps(result))
    else:
        show(result)
    return 1 if findings.list else 0


if __name__ == "__main__":
    sys.exit(main())
