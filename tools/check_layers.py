#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the includes under src/ to the tables of docs/architecture.md.

usage: check_layers.py [ROOT]       checks ROOT (default: the repository); exit 1: see its lines
       check_layers.py --self-test  checks tools/testdata/layers, where every rule is broken once
"""
import dataclasses
import pathlib
import re
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
SUFFIXES = {".h", ".cpp"}
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
# What "pure" rules out: threads, files, sockets, the present, logging.
IMPURE_SYSTEM = {
    "thread", "mutex", "shared_mutex", "condition_variable", "future", "stop_token", "semaphore",
    "latch", "barrier", "fstream", "filesystem", "iostream", "cstdio", "stdio.h", "unistd.h",
    "fcntl.h", "poll.h", "netdb.h", "pthread.h", "time.h", "sys/socket.h", "sys/stat.h",
    "sys/mman.h", "sys/time.h", "sys/epoll.h", "netinet/in.h", "arpa/inet.h",
}
IMPURE_OWN = {"base/log.h", "base/mutex.h", "base/bounded_queue.h"}


@dataclasses.dataclass
class Folder:
    name: str
    tier: int
    pure: bool
    may_include: set


@dataclasses.dataclass
class Library:
    name: str
    prefixes: list
    folders: set


def table_rows(text, marker):
    """Cells of the rows of the Markdown table that follows <!-- marker: … -->."""
    start = text.find(f"<!-- {marker}:")
    if start < 0:
        raise SystemExit(f"docs/architecture.md: no table marked '<!-- {marker}: … -->'")
    rows = []
    for line in text[start:].splitlines()[1:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows[2:]


def read_folders(text):
    folders = {}
    for tier, name, _, may in table_rows(text, "folders"):
        name = name.strip("`")
        folders[name] = Folder(name, int(tier.split()[0]), "pure" in tier, may)
    for folder in folders.values():
        folder.may_include = expand(folder, folders)
    return folders


def expand(folder, folders):
    """The last column in names: 'all', 'tiers 0–3' or a list; base and the folder itself always."""
    text = folder.may_include
    tiers = re.fullmatch(r"tiers (\d)\D(\d)", text)
    if text == "all":
        names = set(folders)
    elif tiers:
        low, high = int(tiers[1]), int(tiers[2])
        names = {f.name for f in folders.values() if low <= f.tier <= high}
    else:
        names = {n for n in re.split(r"[,\s–-]+", text) if n}
    return names | {"base", folder.name}


def read_libraries(text):
    rows = table_rows(text, "libraries")
    return [Library(name, re.findall(r"`([^`]+)`", headers), set(re.findall(r"\w+", only)))
            for name, headers, only in rows]


def closure(name, edges):
    seen, todo = set(), [name]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo.extend(edges.get(current, ()))
    return seen


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1], match[2]


class Checker:
    def __init__(self, root):
        self.root = root
        text = (root / "docs/architecture.md").read_text(encoding="utf-8")
        self.folders = read_folders(text)
        self.libraries = read_libraries(text)
        self.deps = {}
        self.problems = []

    def say(self, path, line, what):
        self.problems.append(f"{path.relative_to(self.root)}:{line}: {what}")

    def check(self):
        self.check_table()
        present = sorted(p for p in (self.root / "src").iterdir() if p.is_dir())
        for folder in present:
            self.read_deps(folder)
        for folder in present:
            if folder.name not in self.folders:
                self.say(folder, 1, "no row in docs/architecture.md: add one, or move the code")
                continue
            for path in sorted(folder.rglob("*")):
                if path.suffix in SUFFIXES:
                    self.check_file(path, self.folders[folder.name])
        return self.problems

    def check_table(self):
        """The table itself has no back-edge: a folder names only lower tiers or rows above it."""
        order = list(self.folders)
        page = self.root / "docs/architecture.md"
        for folder in self.folders.values():
            for other in folder.may_include - {folder.name}:
                if other not in self.folders:
                    self.say(page, 1, f"row {folder.name} lists {other}, which has no row")
                elif folder.tier < 5 and order.index(other) > order.index(folder.name):
                    self.say(page, 1, f"row {folder.name} lists {other}, which stands below it")

    def read_deps(self, folder):
        cmake = folder / "CMakeLists.txt"
        if not cmake.exists() or folder.name not in self.folders:
            return
        text = re.sub(r"#.*", "", cmake.read_text(encoding="utf-8"))
        # A folder may be declared more than once, for the fuzz build and for the others.
        words = " X ".join(re.findall(r"vedette_module\(\s*\w+(.*?)\)", text, re.S)).split()
        names, inside = set(), False
        for word in words:
            if word.isupper():
                inside = word == "DEPS"
            elif inside:
                names.add(word)
        self.deps[folder.name] = names
        for name in sorted(names - self.folders[folder.name].may_include):
            self.say(cmake, 1, f"DEPS names {name}, which the row of {folder.name} in "
                               "docs/architecture.md does not list")

    def check_file(self, path, folder):
        is_test = path.stem.endswith(("_test", "_fuzz", "_bench")) or "testing" in path.stem
        allowed = folder.may_include
        if is_test:
            edges = {f.name: f.may_include for f in self.folders.values()}
            allowed = closure(folder.name, edges)
        for line, own, system in includes(path):
            if own:
                self.check_own(path, line, own, folder, allowed, is_test)
            self.check_library(path, line, own or system, folder)
            if folder.pure and not is_test and self.impure(own, system):
                self.say(path, line, f"{folder.name} is pure and may not include {own or system}: "
                                     "take bytes, times or an interface from the caller")

    @staticmethod
    def impure(own, system):
        return own in IMPURE_OWN or system in IMPURE_SYSTEM

    def check_own(self, path, line, own, folder, allowed, is_test):
        target = own.split("/")[0] if "/" in own else None
        if target is None:
            self.say(path, line, f'write the path from src/: "{folder.name}/{own}"')
        elif target not in self.folders:
            if not (self.root / "src" / target).is_dir() and not any(
                    own.startswith(p) for lib in self.libraries for p in lib.prefixes):
                self.say(path, line, f"no folder src/{target}: a library goes in <>")
        elif target not in allowed:
            self.say(path, line, f"{folder.name} may not include {target} (docs/architecture.md): "
                                 "depend on an interface declared lower down, or change the table "
                                 "with an ADR")
        elif not is_test and folder.name in self.deps:
            if target not in closure(folder.name, self.deps) | {folder.name}:
                self.say(path, line, f"add {target} to DEPS in src/{folder.name}/CMakeLists.txt")

    def check_library(self, path, line, header, folder):
        rows = [library for library in self.libraries
                if any(header.startswith(prefix) for prefix in library.prefixes)]
        names = set().union(*(library.folders for library in rows))
        if rows and folder.name not in names:
            names = ", ".join(sorted(names))
            self.say(path, line, f"{rows[0].name} is confined to {names}: put an adapter there")


def self_test():
    problems = Checker(REPOSITORY / "tools/testdata/layers").check()
    expected = (REPOSITORY / "tools/testdata/layers/expected.txt").read_text().splitlines()
    missing = [e for e in expected if not any(e in p for p in problems)]
    if missing or len(problems) != len(expected):
        print("self-test: found", *problems, "but expected", *expected, sep="\n  ")
        return 1
    print(f"check_layers self-test: {len(expected)} planted mistakes found")
    return 0


def main():
    if "--self-test" in sys.argv:
        return self_test()
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else REPOSITORY
    problems = Checker(root).check()
    print(*problems, sep="\n") if problems else print("check_layers: ok")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
