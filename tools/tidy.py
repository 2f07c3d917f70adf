#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Style as a test: what clang-format and clang-tidy do not see. Prints file:line and what to do.

usage: tidy.py [ROOT]       checks ROOT (default: the repository); exit 1 when something is wrong
       tidy.py --counts     also how many functions and files are over the soft limits
       tidy.py --self-test  checks tools/testdata/tidy, where every rule is broken once

An exemption is a comment on the line with a reason after it: `// tidy: table` before a long table
function, `// tidy: real time` at a sleep that waits for another process in tests/integration.
"""
import os
import pathlib
import re
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
SKIP = {".git", "build", "node_modules", "dist", "testdata", "corpus", "results", "__pycache__"}
CPP = {".cpp", ".h"}
WEB = {".ts", ".tsx", ".css", ".js", ".mjs", ".cjs"}
SPDX = {".cpp", ".h", ".py", ".sh", ".cmake"} | WEB
FILE_SOFT, FILE_HARD, TEST_HARD, WEB_HARD = 400, 700, 1000, 250
FUNCTION_SOFT, FUNCTION_HARD = 40, 70
COLUMNS = 100
BANNED_SUFFIX = re.compile(r"\b(?:class|struct|enum class|enum)\s+(?:VEDETTE_\w+(?:\([^)]*\))?\s+)?"
                           r"(\w*(?:Manager|Helper|Helpers|Util|Utils|Data|Info))\b(?!\s*[;>(,])")
ALLOWED_NAMES = {"TrackInfo", "RtpInfo"}  # the second is the RTP-Info header of RTSP
BANNED_FOLDERS = {"common", "utils", "util", "helpers", "misc"}
TODO = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))")
DEAD_CODE = re.compile(
    r"^\s*//+\s*(?:(?:if|for|while|switch)\s*\(.*\)\s*\{?"
    r"|\}?\s*else\s*(?:if\s*\(.*\)\s*)?\{"
    r"|(?:return|break|continue|delete|throw|co_return|co_await|auto|const)\b[^.]*;"
    r"|[\w:.>\-\[\]]+\s*[+\-|&^]?=\s*[^=].*;"
    r"|[\w:.>\-]+(?:<[\w:, ]*>)?\([^()]*(?:\([^()]*\)[^()]*)*\);"
    r"|#\s*(?:include|define|if|endif)\b.*)\s*$")
SLEEP = re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\s*\(|(?<![\w.])sleep\s*\(")
# A call written inside a co_await that makes an object: Type(…), std::string(…), Type{…}.
TEMPORARY = re.compile(r"\bstd::(?:string|vector|optional|map|function|pair|tuple|make_\w+)\b"
                       r"[^,()]*[({]"
                       r"|\b[A-Z]\w*(?:<[^<>]*>)?\(")
TYPE = r"(?:namespace|class|struct|enum|union)\b"
NOT_A_FUNCTION = {"if", "for", "while", "switch", "catch", "return", "do", "else"}


def strip(text):
    """C++ without comments, literals and preprocessor lines; every line break is kept."""
    def blank(match):
        token = match[0]
        kept = "\n" * token.count("\n")
        return kept if token[0] in "/#" else '""' + kept
    pattern = (r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
               r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'|(?m:^[ \t]*#(?:[^\n\\]|\\.|\\\n)*)")
    return re.sub(pattern, blank, text, flags=re.S)


def functions(code):
    """(name, first line, last line) of every outermost function body in stripped C++."""
    found, stack, head = [], [], 0
    line_of = lambda offset: code.count("\n", 0, offset) + 1
    for match in re.finditer(r"[{};]", code):
        at, token = match.start(), match[0]
        in_function = "function" in stack
        if token == "{":
            text = code[head:at]
            kind = "block" if in_function else classify(text)
            stack.append(kind)
            if kind == "function":
                start = head + len(text) - len(text.lstrip())
                names = [n for n in re.findall(r"([~\w:]+)\s*\(", text) if n not in NOT_A_FUNCTION]
                begun = (names[0] if names else "?", line_of(start))
            if kind == "initialiser":
                continue
        elif token == "}" and stack:
            kind = stack.pop()
            if kind == "function":
                found.append((*begun, line_of(at)))
            if kind == "initialiser":
                continue
        if not ("initialiser" in stack):
            head = at + 1
    return found


def classify(text):
    text = re.sub(r"\b(?:public|private|protected)\s*:", "", text).strip()
    if "(" not in text:
        return "scope" if re.search(r"\bextern\b|\b" + TYPE, text) else "initialiser"
    outside = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", text))
    if re.search(r"(?<![=!<>])=\s*(\[.*\])?\s*\w*$", outside) and "operator" not in text:
        return "block" if re.search(r"\[[^\]]*\]", outside) else "initialiser"
    if re.match(r"(?:template\s*<.*?>\s*)?(?:\[\[.*?\]\]\s*)?" + TYPE, text, re.S):
        return "scope"
    # A constructor's list: `: a_{1}, b_(2) {`; the braces of its members belong to it.
    if re.search(r"\)\s*(?:noexcept\s*)?:(?!:)", text) and re.search(r"[\w>]$", text):
        return "initialiser"
    return "function"


class Tidy:
    def __init__(self, root):
        self.root = root
        self.problems = []
        self.soft_files = self.soft_functions = self.files = self.functions = 0

    def say(self, path, line, what):
        self.problems.append(f"{path.relative_to(self.root)}:{line}: {what}")

    def check(self):
        for folder, folders, files in os.walk(self.root):
            here = pathlib.Path(folder)
            folders[:] = sorted(f for f in folders if f not in SKIP)
            for name in folders:
                if name in BANNED_FOLDERS:
                    self.say(here / name, 1, "name the folder by the noun it holds")
            for name in sorted(files):
                self.check_file(here / name)
        return self.problems

    def check_file(self, path):
        kind = path.suffix
        if kind not in SPDX and path.name != "CMakeLists.txt":
            return
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return self.say(path, 1, "not UTF-8")
        lines = text.splitlines()
        generated = any("generated" in line.lower() for line in lines[:5]) and kind in WEB
        if generated:
            return
        self.files += 1
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:3]):
            self.say(path, 1, "first line: SPDX-License-Identifier: Apache-2.0")
        self.check_length(path, lines)
        self.check_lines(path, lines)
        if kind in CPP:
            self.check_cpp(path, text, lines)

    def check_length(self, path, lines):
        is_test = path.stem.endswith("_test") or "tests" in path.relative_to(self.root).parts
        web = path.suffix in WEB
        hard = WEB_HARD if web else TEST_HARD if is_test else FILE_HARD
        if len(lines) > hard:
            self.say(path, hard, f"{len(lines)} lines, at most {hard}: split it by noun")
        if path.suffix in CPP and len(lines) > FILE_SOFT and not is_test:
            self.soft_files += 1

    def check_lines(self, path, lines):
        tidy_itself = path.name in ("tidy.py", "check_layers.py")
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS and "http" not in line and path.suffix not in WEB:
                self.say(path, number, f"{len(line)} columns, at most {COLUMNS}")
            if tidy_itself:
                continue
            if TODO.search(line):
                self.say(path, number, "write TODO(#issue), or do it")
            if path.suffix in CPP and DEAD_CODE.match(line):
                self.say(path, number, "commented-out code: delete it, or say in words why not")

    def check_cpp(self, path, text, lines):
        code = strip(text)
        if path.suffix == ".h":
            if "#pragma once" not in text:
                self.say(path, 1, "no #pragma once")
            for match in re.finditer(r"^using namespace", code, re.M):
                self.say(path, self.line(code, match), "no `using namespace` in a header")
        for match in BANNED_SUFFIX.finditer(code):
            if match[1] not in ALLOWED_NAMES:
                self.say(path, self.line(code, match), f"{match[1]}: name what it is or does")
        for match in re.finditer(r"^#include <regex>", text, re.M):
            self.say(path, self.line(text, match), "<regex> does not build under GCC 12's "
                     "sanitizers: match by hand")
        self.check_functions(path, code, lines)
        self.check_awaits(path, code)
        relative = path.relative_to(self.root).parts
        if path.stem.endswith("_test") or relative[0] == "tests":
            for match in SLEEP.finditer(code):
                number = self.line(code, match)
                if "tidy: real time" not in lines[number - 1]:
                    self.say(path, number, "no sleeping in tests: advance a FakeClock, or wait for "
                                           "a condition")

    def check_functions(self, path, code, lines):
        for name, first, last in functions(code):
            length = last - first + 1
            self.functions += 1
            self.soft_functions += length > FUNCTION_SOFT
            if length <= FUNCTION_HARD:
                continue
            if not any("tidy: table" in line for line in lines[max(0, first - 2):last]):
                self.say(path, first, f"{name} has {length} lines, at most {FUNCTION_HARD}: split "
                                      "it, or mark a table with // tidy: table")

    def check_awaits(self, path, code):
        for match in re.finditer(r"\bco_await\b", code):
            expression = await_expression(code, match.end())
            if "{" in expression or TEMPORARY.search(expression[expression.find("(") + 1:]):
                self.say(path, self.line(code, match), "GCC 12 miscompiles braces, lambdas and "
                         "temporaries inside a co_await: make each argument a named local")

    @staticmethod
    def line(code, match):
        return code.count("\n", 0, match.start()) + 1


def await_expression(code, start):
    """From behind co_await to the end of its expression."""
    depth = 0
    for at in range(start, len(code)):
        if code[at] in "([{":
            depth += 1
        elif code[at] in ")]}":
            depth -= 1
        if depth < 0 or (depth == 0 and code[at] in ";,"):
            return code[start:at]
    return code[start:]


def self_test():
    problems = Tidy(REPOSITORY / "tools/testdata/tidy").check()
    expected = (REPOSITORY / "tools/testdata/tidy/expected.txt").read_text().splitlines()
    missing = [e for e in expected if not any(e in p for p in problems)]
    if missing or len(problems) != len(expected):
        print("self-test: found", *problems, "but expected", *expected, sep="\n  ")
        return 1
    print(f"tidy self-test: {len(expected)} planted mistakes found")
    return 0


def main():
    if "--self-test" in sys.argv:
        return self_test()
    roots = [a for a in sys.argv[1:] if not a.startswith("--")]
    tidy = Tidy(pathlib.Path(roots[0]).resolve() if roots else REPOSITORY)
    problems = tidy.check()
    print(*problems, sep="\n") if problems else print("tidy: ok")
    if "--counts" in sys.argv:
        print(f"{tidy.files} files, {tidy.soft_files} over {FILE_SOFT} lines; "
              f"{tidy.functions} functions, {tidy.soft_functions} over {FUNCTION_SOFT} lines")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
