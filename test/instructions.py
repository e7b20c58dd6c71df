#!/usr/bin/python3
"""test/instructions.py - the engine needs no more instructions for a ride than it did, to a tenth.

    instructions.py BUILD      BUILD: a release build by gcc; speaks TAP

What it needed stands in bench/results/instructions.txt: `script/bench instructions` writes it anew.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tap  # noqa: E402 - it stands beside this file

ROOT = os.environ.get("PISTE_ROOT") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
BUILD = os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)


def figures(text):
    words = [line.split() for line in text.splitlines() if line.startswith("figure ")]
    return {name: float(value) for _, name, value, _ in words}


def test_a_ride_costs_no_more_than_it_did(_):
    with open(os.path.join(ROOT, "bench", "results", "instructions.txt"), encoding="utf-8") as file:
        before = figures(file.read())
    done = subprocess.run([os.path.join(ROOT, "bench", "instructions", "run")], capture_output=True, text=True, check=False,
                          env={**os.environ, "PISTE_BUILD_DIR": BUILD})
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    now = figures(done.stdout)
    if not before or set(before) != set(now):
        raise AssertionError(f"recorded {sorted(before)}, measured {sorted(now)}")
    for name, value in sorted(now.items()):
        print(f"# {name}: {value:.1f}, recorded {before[name]:.1f}")
    more = [name for name in now if now[name] > 1.1 * before[name]]
    if more:
        raise AssertionError(f"more than a tenth over what is recorded: {', '.join(more)}")


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
