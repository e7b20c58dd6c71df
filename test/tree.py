#!/usr/bin/env python3
"""test/tree.py - the house rules that a machine can check, on every file that is or would be committed.

    tree.py [TOP]        checks the tree at TOP
    tree.py --self-test  shows that each rule can be broken, on small trees of its own

Speaks TAP, one test for each rule. Lines that begin with `# note` tell what is allowed and yet near a limit.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

FILE_LINES = 900       # of a file in src
FUNCTION_LINES = 120   # of a function in src or test
FUNCTION_NOTE = 80     # longer ones are told
SOURCES = (".c", ".h", ".c.in", ".h.in")

# Written so that this file does not name them either.
HOSTS = re.compile(r"\b(?:(?:deb|security|ftp|snapshot|archive)\.debian\.or[g]|registry\.npmj[s]\.|registry\.yarnpk[g]\."
                   r"|pypi\.or[g]|files\.pythonhosted\.or[g]|crates\.i[o]\b|deb\.nodesource\.co[m]|proxy\.golang\.or[g])")

# Libraries return a status; only the command line ends the process or speaks. base_file_write may write to stdout.
FORBIDDEN = re.compile(r"(?<![\w.>])((?:exit|_exit|_Exit|quick_exit|printf|vprintf|puts|putchar|perror|setjmp|longjmp)"
                       r"\s*\(|(?:fprintf|vfprintf|fputs|fputc|putc)\s*\([^;]*\bstd(?:out|err)\b)")
OWN_T = re.compile(r"\btypedef\b[^;{}]*\b(\w+_t)\s*(?:\[[^\]]*\])?;|^\}\s*(\w+_t)\s*;|\btypedef\b[^;{}]*\(\s*\*\s*(\w+_t)\s*\)",
                   re.M)


def committed(top):
    """Paths below top that are in git or would be added; without git, every file outside of build folders."""
    listed = None
    if os.path.exists(os.path.join(top, ".git")) and shutil.which("git"):
        listed = subprocess.run(["git", "-C", top, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                capture_output=True, check=False)
    if listed and listed.returncode == 0:
        paths = {p for p in listed.stdout.decode().split("\0") if p}
        return sorted(p for p in paths if os.path.isfile(os.path.join(top, p)))
    paths = []
    for folder, folders, names in os.walk(top):
        folders[:] = [f for f in folders if f not in (".git", "node_modules", "dist", "__pycache__")
                      and not (folder == top and re.match(r"build(-|$)", f))]
        paths += [os.path.relpath(os.path.join(folder, n), top) for n in names]
    return sorted(paths)


def read(top, path):
    with open(os.path.join(top, path), "rb") as source:
        data = source.read()
    return None if b"\0" in data else data.decode("utf-8", "replace")


def bare(text):
    """C with comments and the insides of texts blanked out, line by line as before."""
    def blank(match):
        found = match.group(0)
        if found[0] in "\"'":
            return found[0] + " " * (len(found) - 2) + found[0]
        return re.sub(r"[^\n]", " ", found)
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def functions(text):
    """(first line, lines, name) of each function, which begins and ends in the first column."""
    begin = None
    lines = bare(text).split("\n")
    for number, line in enumerate(lines, 1):
        if line == "{" or (re.match(r"[A-Za-z_].*\{\s*$|\s+[^{]*\)\s*\{\s*$", line) and "=" not in line):
            if begin is None:
                head = " ".join(lines[max(0, number - 4):number])
                if re.match(r"(typedef\s+)?(struct|union|enum)\b[^(]*\{", line) or "(" not in head:
                    continue
                first = number
                while first > 1 and lines[first - 1][:1] in (" ", "{"):
                    first -= 1
                name = re.findall(r"(\w+)\s*\(", lines[first - 1])
                begin = (first, name[0] if name else "")
        elif line.startswith("}") and begin:
            yield begin[0], number - begin[0] + 1, begin[1]
            begin = None


class Tree:
    def __init__(self, top):
        self.top, self.notes = top, []
        self.text = {}
        for path in committed(top):
            text = read(top, path)
            if text is not None:
                self.text[path] = text

    def sources(self, *rooms):
        for path, text in self.text.items():
            if path.endswith(SOURCES) and path.startswith(rooms):
                yield path, text

    def file_lengths(self):
        for path, text in self.sources("src/", "include/"):
            if text.count("\n") > FILE_LINES:
                yield f"{path}: {text.count(chr(10))} lines, at most {FILE_LINES}"

    def function_lengths(self):
        for path, text in self.sources("src/", "test/", "fuzz/"):
            for first, count, name in functions(text):
                if count > FUNCTION_LINES:
                    yield f"{path}:{first}: {name} has {count} lines, at most {FUNCTION_LINES}"
                elif count > FUNCTION_NOTE:
                    self.notes.append(f"{path}:{first}: {name} has {count} lines")

    def own_t(self):
        for path, text in self.sources("src/", "include/", "test/", "fuzz/", "bench/"):
            code = bare(text)
            for match in OWN_T.finditer(code):
                name = next(g for g in match.groups() if g)
                yield f"{path}:{line_of(code, match.start())}: typedef {name}: names that end in _t are the system's"

    def hosts(self):
        for path, text in self.text.items():
            for match in HOSTS.finditer(text):
                yield f"{path}:{line_of(text, match.start())}: names the host of a package registry"

    def locks(self):
        for path, text in self.text.items():
            if re.search(r"(^|/)[^/]*lock[^/]*\.json$", path):
                for match in re.finditer(r'"resolved"\s*:', text):
                    yield f'{path}:{line_of(text, match.start())}: "resolved" ties the lock file to one registry'

    def libraries(self):
        for path, text in self.sources("src/"):
            if path.startswith("src/cli/"):
                continue
            code = bare(text)
            for match in FORBIDDEN.finditer(code):
                word = re.match(r"\w+", match.group(1)).group(0)
                yield f"{path}:{line_of(code, match.start())}: calls {word}: a library neither ends the process nor speaks"

    def white_space(self):
        for path, text in self.text.items():
            if not re.search(r"\.(c|h|in|py|build|yaml|md)$|^script/", path):
                continue
            if text and not text.endswith("\n"):
                yield f"{path}: does not end with a new line"
            for number, line in enumerate(text.split("\n"), 1):
                if line != line.rstrip():
                    yield f"{path}:{number}: white space at the end"
                if "\t" in line and path.endswith(SOURCES):
                    yield f"{path}:{number}: a tab"

    def rules(self):
        return [("files in src are short enough", self.file_lengths), ("functions are short enough", self.function_lengths),
                ("no type of ours ends in _t", self.own_t), ("no file names a registry's host", self.hosts),
                ("lock files name no address", self.locks), ("libraries neither exit nor print", self.libraries),
                ("lines end where their text ends", self.white_space)]


LONG = "static int f(int a,\n             int b) {\n" + "    a++;\n" * 130 + "    return a;\n}\n"
TRIALS = [  # (rule, path, text, whether it breaks the rule)
    ("files in src", "src/base/a.c", "int x;\n" * 901, True),
    ("files in src", "src/base/a.c", "int x;\n" * 900, False),
    ("functions", "src/base/a.c", LONG, True),
    ("functions", "src/base/a.c", "static const int t[] = {\n" + "    1,\n" * 200 + "};\n", False),
    ("no type", "src/base/a.h", "typedef struct a {\n    int x;\n} a_t;\n", True),
    ("no type", "src/base/a.h", "typedef unsigned a_t;\n", True),
    ("no type", "src/base/a.h", "typedef int (*a_t)(void);\n", True),
    ("no type", "src/base/a.h", "// typedef int a_t;\ntypedef uint64_t piste_seed;\ntypedef struct a a;\n", False),
    ("no file names", "docs/a.md", "see deb.debian" + ".org for it\n", True),
    ("lock files", "web/package-lock.json", '{"a": {"resolved": "x"}}\n', True),
    ("lock files", "web/other.json", '{"a": {"resolved": "x"}}\n', False),
    ("libraries", "src/base/a.c", "void f(void) {\n    exit(1);\n}\n", True),
    ("libraries", "src/base/a.c", "void f(void) {\n    fprintf(stderr, \"x\");\n}\n", True),
    ("libraries", "src/base/a.c", "// printf(x)\nvoid f(void) {\n    my_exit(\"puts(\");\n    snprintf(a, 1, \"\");\n}\n", False),
    ("libraries", "src/cli/a.c", "void f(void) {\n    printf(\"x\");\n}\n", False),
    ("lines end", "src/base/a.c", "int x; \n", True),
    ("lines end", "src/base/a.c", "int x;", True),
    ("lines end", "src/base/a.c", "\tint x;\n", True),
]


def self_test():
    for rule, path, text, breaks in TRIALS:
        with tempfile.TemporaryDirectory() as top:
            full = os.path.join(top, path)
            os.makedirs(os.path.dirname(full))
            with open(full, "w", encoding="utf-8") as out:
                out.write(text)
            told = {name: list(check()) for name, check in Tree(top).rules()}
            broken = [name for name, found in told.items() if found]
            expected = [name for name in told if name.startswith(rule)] if breaks else []
            shown = text.strip().split("\n")[-1][:50]
            yield (f"{rule}: {path} with '{shown}' is {'told' if breaks else 'accepted'}",
                   [] if broken == expected else [f"expected {expected}, got {told}"])


def main(words):
    notes = []
    if words and words[0] in ("--help", "-h"):
        print(__doc__.rstrip())
        return 0
    if words == ["--self-test"]:
        results = list(self_test())
    else:
        top = os.path.abspath(words[0] if words else os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
        tree = Tree(top)
        results = [(name, list(check())) for name, check in tree.rules()]
        notes = tree.notes
    print(f"1..{len(results)}")
    for text in notes:
        print(f"# note: {text}")
    for number, (name, found) in enumerate(results, 1):
        for text in found:
            print(f"# {text}")
        print(f"{'not ok' if found else 'ok'} {number} - {name}")
    return any(found for _, found in results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
