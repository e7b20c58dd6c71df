#!/usr/bin/python3
"""test/e2e/whaleback.py - from a download to a rehearsed day: import, check, day, and nothing edited in between.

    whaleback.py PISTE        PISTE: the program; speaks TAP

The download of two hills is not in the repository; it lies beside it (../shared/data/openski, ODbL, OpenStreetMap
contributors). Where it is not there, the tests are skipped.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402 - it stands one folder up

ROOT = os.environ.get("PISTE_ROOT") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DATA = os.path.join(ROOT, "..", "shared", "data", "openski")
FILES = [os.path.join(DATA, f"openskistats_test_{kind}.geojson") for kind in ("runs", "lifts", "ski_areas")]
PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)


def piste(*words, code=0):
    done = subprocess.run([PISTE, *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != code:
        raise AssertionError(f"piste {' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def expect(true, what):
    if not true:
        raise AssertionError(what)


def live(top, area, lifts):
    folder = os.path.join(top, "hill")
    report = json.loads(piste("import", *FILES, "--area", area, "-o", folder, "--json", "-").stdout)
    expect(report["lifts"] == lifts, f"{report['lifts']} lifts")
    expect(report["run_kept_m"] >= 0.95 * report["run_found_m"], "runs were lost")
    checked = piste("check", folder).stdout
    expect("0 errors" in checked, checked)
    day = json.loads(piste("day", folder, "--json", "-").stdout)
    expect(day["guests"] == report["guests"] == day["gone"], f"{day['gone']} of {day['guests']} got home")
    expect(day["still_here"] == 0 and day["assisted"] == 0, "somebody had to be brought down")
    for lift in day["lifts"]:
        expect(lift["rides"] > 0, f"nobody rode {lift['key']}")
    expect(all(segment["missed"] == 0 for segment in day["segments"]), "a wish was missed")
    expect(day["rides"] > 3 * day["guests"], f"{day['rides']} rides")
    return f"{day['guests']} guests, {day['rides']} rides, {checked.strip().splitlines()[-1]}"


def test_whaleback_has_a_day(top):
    return live(top, "whaleback mountain", 4)


def test_storrs_hill_has_a_day(top):
    return live(top, "Storrs Hill Ski Area", 1)


def test_garmisch_is_refused_with_its_reason(top):
    """The sample has a few lifts and runs of Garmisch that do not meet: no resort can come of it, and it says so."""
    files = [os.path.join(DATA, f"api_test_{kind}.geojson") for kind in ("runs", "lifts", "ski_areas")]
    for area, says in (("Skigebiet Garmisch-Classic", "no lift with a run that leads back to it"),
                       ("Skigebiet Eckbauer", "no operating lift"), ("Garmisch Loipen", "no operating lift")):
        done = piste("import", *files, "--area", area, "-o", os.path.join(top, "hill"), code=4)
        expect(says in done.stderr and area in done.stderr, done.stderr)
    done = piste("import", *files, "--area", "Skigebiet Garmisch-Classic", "-o", os.path.join(top, "hill"), code=4)
    expect("Alpspitzbahn" in done.stderr, done.stderr)
    expect(os.listdir(top) == [], "something was left behind")


def test_two_hills_need_a_name(top):
    done = piste("import", *FILES, "-o", os.path.join(top, "hill"), code=2)
    expect("Whaleback Mountain" in done.stderr and "Storrs Hill Ski Area" in done.stderr, done.stderr)
    done = piste("import", *FILES, "--area", "Everest", "-o", os.path.join(top, "hill"), code=3)
    expect("Whaleback Mountain" in done.stderr, done.stderr)
    expect(os.listdir(top) == [], "something was left behind")


def test_a_folder_is_never_written_over(top):
    os.mkdir(os.path.join(top, "hill"))
    piste("import", *FILES, "--area", "Whaleback Mountain", "-o", os.path.join(top, "hill"), code=5)
    expect(os.listdir(os.path.join(top, "hill")) == [], "the folder was touched")


def main():
    missing = [path for path in FILES if not os.path.exists(path)]
    if missing:
        print(f"1..0 # SKIP {missing[0]} is not there")
        return False
    return tap.run(globals())


if __name__ == "__main__":
    sys.exit(main())
