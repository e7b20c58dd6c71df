#!/usr/bin/env python3
"""test/cli/cap.py - `piste cap` as its users meet it: the screen, the JSON, the guide's table of measures, bad words.

    cap.py PISTE        PISTE: the program; speaks TAP
"""
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
TWO_KINDS = os.path.join(ROOT, "test", "plan", "two-kinds")
PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
QUICK = ("--days", "60%", "--precision", "20%", "--most-days", "100", "--no-inputs")


def said(*words):
    return subprocess.run([PISTE, "cap", *words], capture_output=True, check=False, text=True)


def test_the_screen_and_the_json_say_the_same(top):
    path = os.path.join(top, "cap.json")
    answer = said(TWO_KINDS, "--where", "wait_p90@chair<=90s", "--where", "missed_share<=20%", *QUICK, "--json", path)
    assert answer.returncode == 0, answer.stderr
    with open(path, encoding="utf-8") as file:
        cap = json.load(file)
    assert cap["format"] == "piste-cap" and cap["version"] == 1 and cap["found"] == "found", cap
    assert f"{cap['cap']:,} visits" in answer.stdout, answer.stdout
    low, high = cap["interval"]
    assert f"{low:,} to {high:,}, 95 % interval" in answer.stdout, answer.stdout
    assert low <= cap["cap"] <= high and cap["confidence"] == 0.95 and cap["interval_inputs"] is None
    assert cap["days_good"] >= 0.6 * cap["days"] and cap["days_simulated"] >= cap["days"]
    assert [c["condition"] for c in cap["conditions"]] == ["wait_p90@chair<=90s", "missed_share<=20%"]
    assert sum(t["days"] for t in cap["day_types"]) == cap["days"] + cap["days_closed"]
    again = said(TWO_KINDS, "--where", "wait_p90@chair<=90s", "--where=missed_share<=20%", *QUICK, "--json", "-", "--threads", "3")
    with open(path, encoding="utf-8") as file:
        assert again.stdout == file.read()


def test_the_guide_has_all_measures(_top):
    table = said("--measures")
    assert table.returncode == 0 and table.stdout.count("\n") > 30
    with open(os.path.join(ROOT, "docs", "guide", "cap.md"), encoding="utf-8") as guide:
        assert table.stdout in guide.read(), "docs/guide/cap.md has another table than piste cap --measures"


def test_what_is_not_understood_is_told(_top):
    for words, code, text in (
            ((), 2, "expected a resort folder"),
            ((TWO_KINDS,), 2, "expected --where with a condition"),
            ((TWO_KINDS, "--where", "wait_p90<=10min", "--days", "120%"), 2, "--days 120%, expected a share from 50% to 99.9%"),
            ((TWO_KINDS, "--where", "wait_p90<=10min", "--days", "0"), 2, "--days 0, expected"),
            ((TWO_KINDS, "--where", "wait_p90<=10min", "--spread", "guessed=10%"), 2, "--spread guessed=10%, expected measured"),
            ((TWO_KINDS, "--where", "wait_p90<=10min", "--spread", "assumed"), 2, "--spread assumed, expected"),
            ((TWO_KINDS, "--where", "wait_p90<=10min", "--threads", "0"), 2, "--threads 0, expected"),
            ((TWO_KINDS, "--where", "wait_p95<=10min"), 4, "--where: wait_p95, expected one of the measures"),
            ((TWO_KINDS, "--where", "wait_p90@gondola<=10min"), 4, "there is no lift gondola, expected one of chair, tow"),
            ((TWO_KINDS, "--where", "wait_p90<=10"), 4, "wait_p90<=10: 10, expected a time such as 10min"),
            (("/nowhere", "--where", "wait_p90<=10min"), 3, "/nowhere"),
            ((TWO_KINDS, "--where", "wait_p90<=5s", *QUICK, "--json", "/nowhere/cap.json"), 6, "/nowhere/cap.json")):
        answer = said(*words)
        assert answer.returncode == code, (words, answer.returncode, answer.stderr)
        assert text in answer.stderr, (words, answer.stderr)
        assert not answer.stdout, (words, answer.stdout)


def test_it_can_be_stopped(top):
    path = os.path.join(top, "cap.json")
    with subprocess.Popen([PISTE, "cap", os.path.join(ROOT, "resorts", "masikryong"), "--where", "wait_p90<=10min", "--precision", "0.1%",
                           "--json", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=60)
        assert running.returncode == 130 and not out, (running.returncode, out)
    assert not os.path.exists(path)


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
