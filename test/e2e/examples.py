#!/usr/bin/python3
"""test/e2e/examples.py - every resort that the repository shows: it is checked without an error and everybody gets home.

    examples.py PISTE        PISTE: the program; speaks TAP
"""
import glob
import json
import os
import subprocess
import sys

ROOT = os.environ.get("PISTE_ROOT") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
SEEDS = range(1, 51 if os.environ.get("PISTE_TEST_FULL") == "1" else 4)


def problems(folder):
    """What is wrong with a resort's check and days, as texts."""
    check = subprocess.run([PISTE, "check", folder], capture_output=True, text=True, check=False)
    if check.returncode != 0 or "0 errors, 0 warnings" not in check.stdout:
        yield f"check: exit code {check.returncode}\n{check.stdout}{check.stderr}"
    for seed in SEEDS:
        run = subprocess.run([PISTE, "day", folder, "--seed", str(seed), "--json", "-"], capture_output=True, text=True, check=False)
        if run.returncode != 0:
            yield f"day: exit code {run.returncode}\n{run.stderr}"
            return
        day = json.loads(run.stdout)
        if not day["guests"] or day["gone"] != day["guests"] or day["assisted"]:
            yield f"seed {seed}: {day['gone']} of {day['guests']} got home, {day['assisted']} brought down"
        lines = sum(lift["still_in_line"] for lift in day["lifts"])
        if lines or sum(lift["rides"] for lift in day["lifts"]) != day["rides"]:
            yield f"seed {seed}: {lines} still in line, or rides that are no lift's"


def main():
    folders = sorted(os.path.dirname(path) for kind in ("resorts", "examples") for path in glob.glob(os.path.join(ROOT, kind, "*", "resort.yaml")))
    print(f"1..{len(folders)}", flush=True)
    failed = len(folders) < 2
    for number, folder in enumerate(folders, 1):
        found = list(problems(folder))
        for text in found:
            print("# " + text.replace("\n", "\n# "))
        print(f"{'not ok' if found else 'ok'} {number} - {os.path.relpath(folder, ROOT)}", flush=True)
        failed |= bool(found)
    return failed


if __name__ == "__main__":
    sys.exit(main())
