#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sums JUnit reports (ctest's and vitest's) and prints "PASSED FAILED SKIPPED".

usage: count_tests.py REPORT.xml…    a report that is missing or broken counts as nothing
"""
import sys
import xml.etree.ElementTree as tree


def count(path):
    try:
        root = tree.parse(path).getroot()
    except (OSError, tree.ParseError):
        return 0, 0, 0
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    passed = failed = skipped = 0
    for case in (case for suite in suites for case in suite.iter("testcase")):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


if __name__ == "__main__":
    print(*(sum(column) for column in zip((0, 0, 0), *map(count, sys.argv[1:]))))
