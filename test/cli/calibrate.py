#!/usr/bin/env python3
"""test/cli/calibrate.py - `piste calibrate` as its users meet it: from a rehearsed season's scans to values that are pasted.

    calibrate.py PISTE        PISTE: the program; speaks TAP
"""
import json
import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
HILL = os.path.join(ROOT, "test", "plan", "hill")
GATES = os.path.join(ROOT, "test", "plan", "scans.py")
TOPS = ("--top", "long=top", "--top", "short=middle", "--top", "drag=top")
PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
QUICK = ("--days", "20")


def said(*words):
    return subprocess.run([PISTE, *words], capture_output=True, check=False, text=True)


def scans(top, days, *words, guests="150"):
    """A file of scans of so many days, with what gates do to them."""
    events = []
    for day in range(days):
        path = os.path.join(top, f"events-{day}.json")
        if not os.path.exists(path):
            assert said("day", HILL, "--seed", str(400 + day), "--guests", guests, "--events", path).returncode == 0
        events.append(f"2019-02-{day + 1:02d}={path}")
    path = os.path.join(top, "scans.csv")
    with open(path, "w", encoding="utf-8") as out:
        subprocess.run([sys.executable, GATES, *TOPS, *words, *events], stdout=out, check=True)
    return path


def test_a_season_is_calibrated(top):
    path, out, yaml = scans(top, 5, "--lose", "0.02", "--twice", "0.03"), os.path.join(top, "found.json"), os.path.join(top, "found.yaml")
    counts = os.path.join(top, "counts.csv")
    with open(counts, "w", encoding="utf-8") as file:
        file.write("what,count,date\n")
        for day in range(1, 6):
            file.write(f"visits,150,2019-02-{day:02d}\nsold,{160 + day},2019-02-{day:02d}\ncars,{50 + day},2019-02-{day:02d}\n")
    answer = said("calibrate", HILL, "--scans", path, "--counts", counts, *QUICK, "--json", out, "-o", yaml, "--full")
    assert answer.returncode == 0, answer.stderr
    with open(out, encoding="utf-8") as file:
        text = file.read()
    found = json.loads(text)
    with open(yaml, encoding="utf-8") as file:
        values = file.read()
    for told in (answer.stdout, text, values):
        assert not re.search(r"2019-02-0\d-\d+-\d+", told), "a pass is told"
    assert found["format"] == "piste-calibration" and found["days"] == 4 and found["held"] == 1
    assert found["repeated"] > 0 and found["scans"] + found["repeated"] == found["rows"]
    assert abs(found["show_rate"]["value"] - 600 / sum(160 + d for d in (1, 2, 3, 4))) < 2e-3
    assert 2.5 < found["guests_per_car"]["value"] < 3.2
    assert found["missing"]["low"] <= 0.02 <= found["missing"]["high"] + 0.01
    free = [v for v in found["values"] if v["free"]]
    assert free, "nothing was found"
    for value in free:
        assert value["found"]["low"] < value["found"]["value"] < value["found"]["high"] and value["found"]["error"] > 0
        assert value["field"] in answer.stdout
    for value in found["values"]:
        assert value["free"] or value["why"], value
    again = said("calibrate", HILL, "--scans", path, "--counts", counts, *QUICK, "--json", "-", "--threads", "3")
    assert again.stdout == text, "other bytes on three threads"


def test_what_is_found_can_be_pasted(top):
    path, yaml = scans(top, 3), os.path.join(top, "found.yaml")
    answer = said("calibrate", HILL, "--scans", path, *QUICK, "-o", yaml)
    assert answer.returncode == 0, answer.stderr
    with open(yaml, encoding="utf-8") as file:
        parts = dict(re.findall(r"^([a-z-]+):\n((?: .*\n)+)", file.read(), re.M))
    assert parts.get("segments"), parts.keys()
    with open(os.path.join(HILL, "resort.yaml"), encoding="utf-8") as file:
        resort = file.read()
    for field in ("party-size", "arrival"):
        line = re.search(rf"^    {field}: .*$", parts["segments"], re.M).group(0)
        resort = re.sub(rf"^    {field}: .*$", line, resort, flags=re.M)
    basis = parts["segments"][parts["segments"].index("    basis:"):]
    resort = resort.rstrip("\n") + "\n" + basis
    for part in ("choice", "abilities"):
        if part in parts:
            resort += f"{part}:\n{parts[part]}"
    folder = os.path.join(top, "pasted")
    os.mkdir(folder)
    with open(os.path.join(folder, "resort.yaml"), "w", encoding="utf-8") as file:
        file.write(resort)
    checked = said("check", folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    day = said("day", folder, "--json", "-")
    assert day.returncode == 0, day.stderr
    measured = [a for a in json.loads(day.stdout)["assumptions"] if a["basis"] == "measured"]
    assert len(measured) >= 2 and all("standard error" in a["source"] for a in measured), measured


def test_gates_that_know_no_passes_are_counted(top):
    path = scans(top, 2, "--clicks", "drag", "--after", "all", "--segments")
    found = json.loads(said("calibrate", HILL, "--scans", path, *QUICK, "--json", "-").stdout)
    assert found["counted"] > 0 and [g["lift"] for g in found["gates"]] == ["long", "short"]
    assert {g["gate"] for g in found["gates"]} == {"after"} and len(found["stops"]) == 3
    assert found["arrivals"][0]["segment"] == "guests"
    assert found["score"]["days"] == 0 and found["score"]["log_score"]["found"] is None


def test_bad_files_are_told_with_their_place(top):
    path = os.path.join(top, "scans.csv")
    for text, told in (("pass,lift,time\n1,long,09:00:00\n2,lang,09:00:00\n", f"{path}:3: lift: lang, expected the key"),
                       ("pass;lift;time\n", f"{path}:1: head: pass;lift;time, expected pass, lift, time"),
                       ("pass,lift,time\n1,long,23:00:00\n", f"{path}:2: time: 23:00:00, expected a time in the resort's day"),
                       ("pass,lift,time\n1,long,10:00:00\n2,long,09:00:00\n", f"{path}:3: time: 09:00:00, expected not before"),
                       ("pass,lift,time\n1,long,10:00:00\n", "1 scans with a pass to calibrate by, expected at least 300")):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        answer = said("calibrate", HILL, "--scans", path, "--json", os.path.join(top, "no.json"))
        assert answer.returncode == 4 and told in answer.stderr and not answer.stdout, answer.stderr
        assert not os.path.exists(os.path.join(top, "no.json"))
    assert said("calibrate", HILL, "--scans", os.path.join(top, "nothing")).returncode == 3


def test_words_that_are_not_understood_are_told(_top):
    for words, told in (((), "expected a resort folder"), ((HILL,), "expected --scans"),
                        ((HILL, "--scans", "x", "--days", "5"), "--days 5, expected a whole number from 20"),
                        ((HILL, "--scans", "x", "--gates", "left"), "--gates left, expected before or after"),
                        ((HILL, "--scans", "x", "--missing", "120%"), "--missing 120%, expected a share below 90%"),
                        ((HILL, "--scans", "x", "--together", "90"), "--together 90, expected"),
                        ((HILL, "--scans", "x", "--json", "-", "-o", "-"), "both go to standard output")):
        answer = said("calibrate", *words)
        assert answer.returncode == 2 and told in answer.stderr, answer.stderr


def test_it_can_be_stopped(top):
    out = os.path.join(top, "found.json")
    path = scans(top, 2)
    with subprocess.Popen([PISTE, "calibrate", HILL, "--scans", path, "--days", "10000", "--json", out], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as running:
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
        assert running.returncode == 130 and not os.path.exists(out), running.returncode


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
