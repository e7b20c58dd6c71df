#!/usr/bin/env python3
"""test/layers.py - the order of the house: a room includes only what stands below it.

    layers.py [TOP]        reads the #include lines of every file in TOP/src and TOP/include/piste
    layers.py --self-test  shows that each rule can be broken, on small trees of its own

Speaks TAP. The arrows below are those of the picture in docs/design.md ("The house"): a change of the one is a change
of the other. A room that is not in the table, and a public header that belongs to no room, fail the test.
"""
import os
import re
import sys
import tempfile

# Room: what it may include besides itself. docs/design.md, "The house".
BELOW = {
    "base": "",
    "resort": "base",
    "import": "resort base",
    "store": "resort base",
    "desk": "store resort base",
    "snow": "resort base",
    "flow": "resort base",
    "plan": "flow snow resort base",
    "rehearse": "flow resort base",
    "report": "rehearse plan flow snow desk store import resort base",
    "serve": "report rehearse plan flow snow desk store import resort base",
    "cli": "serve report rehearse plan flow snow desk store import resort base",
}

# Public header: the room that it speaks for. piste.h is the whole of the library, for its
# users, of whom the command line is one.
HEADERS = {
    "version.h": "base",
    "status.h": "base",
    "date.h": "base",
    "dist.h": "base",
    "resort.h": "resort",
    "import.h": "import",
    "day.h": "flow",
    "ccc.h": "plan",
    "lean.h": "plan",
    "calibrate.h": "plan",
    "cap.h": "plan",
    "plan.h": "plan",
    "pass.h": "desk",
    "gate.h": "desk",
    "report.h": "report",
    "piste.h": "cli",
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def may(room, other):
    return room == other or other in BELOW[room].split()


def public_header(name):
    """The public header of this name; version.h is made of version.h.in."""
    return name[:-3] if name.endswith(".in") else name


def room_of_include(path, quote):
    """The room of an included path; None: not ours. A quoted path without a folder is of the same room."""
    first, slash, rest = path.partition("/")
    if first == "piste" and slash:
        return HEADERS.get(rest, "?" + path)
    if quote == "<":
        return None
    if not slash:
        return "."
    return first if first in BELOW else "?" + path


def lines(path):
    with open(path, encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            match = INCLUDE.match(line)
            if match:
                yield number, match.group(1), match.group(2)


def files(top):
    """(path, room or None) of every source and public header."""
    src = os.path.join(top, "src")
    for folder, _, names in sorted(os.walk(src)):
        for name in sorted(names):
            if name.endswith((".c", ".h", ".h.in", ".c.in")):
                parts = os.path.relpath(folder, src).split(os.sep)
                yield os.path.join(folder, name), parts[0]
    public = os.path.join(top, "include", "piste")
    for name in sorted(os.listdir(public)):
        if name.endswith((".h", ".h.in")):
            yield os.path.join(public, name), HEADERS.get(public_header(name))


def check(top):
    """All that breaks the order, as texts."""
    found, rooms = [], set()
    for path, room in files(top):
        shown = os.path.relpath(path, top)
        if room is None:
            found.append(f"{shown}: this public header belongs to no room; see HEADERS in test/layers.py")
            continue
        if room not in BELOW:
            if room not in rooms:
                found.append(f"{shown}: src/{room} is no room of docs/design.md; see BELOW in test/layers.py")
            rooms.add(room)
            continue
        public = os.path.join("include", "piste") in path
        for number, quote, included in lines(path):
            other = room_of_include(included, quote)
            if other is None or other == ".":
                continue
            if other.startswith("?"):
                found.append(f"{shown}:{number}: {included} belongs to no room")
            elif public and not included.startswith("piste/"):
                found.append(f"{shown}:{number}: a public header includes {included}, which is not installed")
            elif included == "piste/piste.h" and room != "cli":
                found.append(f"{shown}:{number}: piste/piste.h is for users of the library; name what is needed")
            elif not may(room, other):
                found.append(f"{shown}:{number}: {room} includes {included} of {other}, which is not below it")
    return found


def table_is_sound():
    """No two rooms may include each other, and what is below a room's room is below that room."""
    found = []
    for room, below in BELOW.items():
        for other in below.split():
            if other not in BELOW:
                found.append(f"{room} names {other}, which is no room")
            elif may(other, room):
                found.append(f"{room} and {other} include each other")
            else:
                found += [f"{room} lacks {third}, which {other} includes" for third in BELOW[other].split()
                          if not may(room, third)]
    return found


GOOD = {
    "include/piste/status.h": "#include <stdint.h>\n",
    "include/piste/resort.h": '#include "piste/status.h"\n',
    "src/base/base.h": '#include "piste/status.h"\n',
    "src/base/text.c": '#include "base/base.h"\n#include "local.h"\n',
    "src/flow/flow.c": '#include <yaml.h>\n#include "resort/schema.h"\n#include "piste/resort.h"\n',
    "src/cli/main.c": '#include "flow/flow.h"\n',
}
BAD = [  # (what is tried, path, text, a word of the complaint)
    ("a room above", "src/base/bad.c", '#include "resort/schema.h"\n', "not below"),
    ("a room beside", "src/flow/bad.c", '#include "desk/desk.h"\n', "not below"),
    ("a public header of a room above", "src/base/bad.c", "  #  include <piste/resort.h>\n", "not below"),
    ("a public header that reaches up", "include/piste/status.h", '#include "piste/resort.h"\n', "not below"),
    ("a public header that needs a private one", "include/piste/resort.h", '#include "base/base.h"\n', "not installed"),
    ("the umbrella inside the house", "src/flow/bad.c", '#include "piste/piste.h"\n', "users"),
    ("an unknown room", "src/attic/bad.c", "int x;\n", "no room"),
    ("an unknown folder", "src/cli/bad.c", '#include "attic/attic.h"\n', "no room"),
    ("a public header of no room", "include/piste/attic.h", "int x;\n", "no room"),
]


def lay(top, tree):
    for path, text in tree.items():
        full = os.path.join(top, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as out:
            out.write(text)


def self_test():
    """(name, complaints) of each trial."""
    with tempfile.TemporaryDirectory() as top:
        lay(top, GOOD)
        yield "a sound tree is accepted", check(top)
    for name, path, text, word in BAD:
        with tempfile.TemporaryDirectory() as top:
            lay(top, GOOD)
            lay(top, {path: text})
            found = check(top)
            good = len(found) == 1 and word in found[0] and path in found[0]
            yield f"{name} is told", [] if good else [f"expected one complaint of {path} with '{word}', got {found}"]


def main(words):
    if words and words[0] in ("--help", "-h"):
        print(__doc__.rstrip())
        return 0
    if words == ["--self-test"]:
        results = list(self_test())
    else:
        top = words[0] if words else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
        results = [("the table of rooms is sound", table_is_sound()), ("each room includes what is below it", check(top))]
    print(f"1..{len(results)}")
    for number, (name, found) in enumerate(results, 1):
        for text in found:
            print(f"# {text}")
        print(f"{'not ok' if found else 'ok'} {number} - {name}")
    return any(found for _, found in results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
