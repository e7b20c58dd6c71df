#!/usr/bin/env python3
"""test/tally.py - counts what a run of tests came to, for script/test.

    tally.py DIR             prints `PASSED FAILED SKIPPED` of the last `meson test` in the build folder DIR
    tally.py --suites DIR    prints the first suite of each test of DIR, one a line, in the order in which they stand in test/meson.build
    tally.py --failed DIR    prints what the failed tests of the last `meson test` in DIR said
    tally.py --tap FILE      prints the same three numbers for lines of TAP

A program that speaks TAP counts once for each of its tests, any other program once. A program that ended badly without
a failed test (a crash, a time-out, a bad plan) counts as one failure more.
"""
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as tree


def suites(folder):
    listed = subprocess.run(["meson", "introspect", "--tests", folder], check=True, capture_output=True, text=True)
    names = []
    for test in json.loads(listed.stdout):
        name = test["suite"][0].split(":")[-1]
        if name not in names:
            names.append(name)
    return names


def bare(name):
    """A test's name without its suite, which Meson puts before it only at times."""
    return name.split(" / ")[-1]


def cases(folder):
    """The cases of each TAP program: {name of the test: [passed, failed, skipped]}."""
    found = {}
    for suite in tree.parse(os.path.join(folder, "meson-logs", "testlog.junit.xml")).getroot().iter("testsuite"):
        name = bare(suite.get("name").partition(".")[2])
        count = found.setdefault(name, [0, 0, 0])
        for case in suite.iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                count[1] += 1
            elif case.find("skipped") is not None:
                count[2] += 1
            else:
                count[0] += 1
    return found


def run(folder):
    total = [0, 0, 0]
    path = os.path.join(folder, "meson-logs", "testlog.json")
    if not os.path.exists(path):
        return total
    detail = cases(folder)
    with open(path, encoding="utf-8") as log:
        for line in log:
            test = json.loads(line)
            name = bare(test["name"])
            good = test["result"] in ("OK", "EXPECTEDFAIL")
            count = detail.get(name)
            if count is None:
                count = [int(good), int(not good and test["result"] != "SKIP"), int(test["result"] == "SKIP")]
            elif not good and test["result"] != "SKIP" and count[1] == 0:
                count[1] = 1
            total = [a + b for a, b in zip(total, count)]
    return total


def failed(folder):
    with open(os.path.join(folder, "meson-logs", "testlog.json"), encoding="utf-8") as log:
        for test in map(json.loads, log):
            if test["result"] in ("OK", "EXPECTEDFAIL", "SKIP"):
                continue
            print(f"---- {bare(test['name'])}: {test['result']} after {test['duration']:.1f} s")
            said = test.get("stdout", "") + test.get("stderr", "")
            lines = [line for line in said.split("\n") if line and not re.match(r"ok \d|1\.\.\d", line)]
            print("\n".join(lines[:200]))


def tap(path):
    total = [0, 0, 0]
    planned = None
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            plan = re.match(r"1\.\.(\d+)\s*$", line)
            if plan:
                planned = int(plan.group(1))
            elif line.startswith("not ok "):
                total[1] += 1
            elif line.startswith("ok "):
                total[2 if re.search(r"#\s*SKIP", line, re.I) else 0] += 1
    if planned != sum(total) and total[1] == 0:
        total[1] = 1
    return total


def main(words):
    if len(words) == 1 and words[0] in ("--help", "-h"):
        print(__doc__.rstrip())
    elif len(words) == 2 and words[0] == "--suites":
        print("\n".join(suites(words[1])))
    elif len(words) == 2 and words[0] == "--failed":
        failed(words[1])
    elif len(words) == 2 and words[0] == "--tap":
        print(*tap(words[1]))
    elif len(words) == 1:
        print(*run(words[0]))
    else:
        print(__doc__.rstrip(), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
