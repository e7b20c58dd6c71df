#!/usr/bin/python3
"""test/cli/ccc.py - `piste ccc` as its users meet it: sheets, files, two sheets compared, what is refused.

    ccc.py PISTE        PISTE: the program; speaks TAP
"""
import csv
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402 - it stands one folder up

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
MASIKRYONG = os.path.join(ROOT, "resorts", "masikryong")
BADGER = os.path.join(ROOT, "examples", "badger-pass")
TINY = os.path.join(ROOT, "test", "plan", "ccc-tiny")
PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
ENV = {**{k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}, "LC_ALL": "C.UTF-8"}


def ccc(*words, env=None):
    return subprocess.run([PISTE, "ccc", *words], capture_output=True, env=env or ENV, check=False)


def good(*words):
    answer = ccc(*words)
    assert answer.returncode == 0 and not answer.stderr, answer
    return answer.stdout.decode()


def sheet(*words):
    return json.loads(good(*words, "--json", "-"))


def copy_of(top, folder, *changes):
    path = os.path.join(top, os.path.basename(folder))
    shutil.copytree(folder, path)
    with open(os.path.join(path, "resort.yaml"), encoding="utf-8") as source:
        text = source.read()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    with open(os.path.join(path, "resort.yaml"), "w", encoding="utf-8") as out:
        out.write(text)
    return path


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.fetched, self.text, self.open = {}, [], "", []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.fetched += [v for k, v in attrs if k in ("src", "href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.text += data


def test_the_sheet_fits_its_screen_and_says_what_binds(_):
    text = good(MASIKRYONG)
    assert max(len(line) for line in text.splitlines()) <= 100, text
    for word in ("Gondola", "Together", "Classes of terrain", "Limits", "binds", "† simulated", "Vertical demand"):
        assert word in text, word
    full = good(MASIKRYONG, "--full")
    assert "median of doubles among 2,302 operating US lifts" in full and len(full) > len(text)
    assert "(standard error" in full


def test_no_mark_reads_like_a_unit(top):
    units = {"m", "km", "ft", "s", "min", "h", "d", "ha", "%"}
    plain = ccc(BADGER, "--days", "2", env={**ENV, "LC_ALL": "C"}).stdout
    assert plain.isascii() and b"# simulated" in plain, plain
    path = os.path.join(top, "sheet.html")
    good(BADGER, "--days", "2", "--html", path)
    with open(path, encoding="utf-8") as source:
        page = source.read()
    cells = set(re.findall(r'<span class="m">([^<]+)</span>', page))
    for text in (good(BADGER, "--days", "2"), plain.decode()):
        legend = re.search(r"^(\S+) measured, (\S+) published, (\S+) given, (\S+) chosen, (\S+) simulated, (\S+) assumed:", text, re.MULTILINE)
        marks = set(legend.groups())
        assert len(marks) == 6 and not marks & units, marks
        rows = re.findall(r"^(?:Eagle|Red Fox) .*", text, re.MULTILINE)
        assert len(rows) == 2 and all(set(re.findall(r"\d (\S)(?: |$)", row)) <= marks for row in rows), rows
    assert cells and not cells & units and "†" in cells, cells


def test_figures_follow_from_their_inputs(_):
    for folder in (MASIKRYONG, BADGER, TINY):
        s = sheet(folder)
        assert s["format"] == "piste-ccc" and s["version"] == 1
        total = 0
        for lift in s["lifts"]:
            value = {k: v["value"] for k, v in lift["inputs"].items()}
            demand = sum(share * s["demand"][a]["value"] for a, share in lift["serves"].items())
            pph = value["design_pph"] * max(0, 1 - value["access"] - value["loss"])
            ccc_of_lift = pph * value["hours"] * value["rise_m"] / demand
            assert abs(lift["adjusted_pph"] - pph) < 0.01 and abs(lift["ccc"] - ccc_of_lift) < 0.01, lift
            assert abs(sum(lift["serves"].values()) - 1) < 1e-4
            total += ccc_of_lift
        assert abs(s["ccc"] - total) < 0.1
        known = {l["key"]: l["guests"] for l in s["limits"] if l["guests"] is not None and l["kind"] != "cap"}
        assert s["binding"] == min(known, key=known.get)
        for limit in s["limits"][1:]:
            for line in limit["lines"]:
                product = 1
                for factor in line["factors"]:
                    product = product * factor["value"] if None not in (product, factor["value"]) else None
                assert product is None or abs(product - line["value"]) < 1e-3 * (1 + product), line
            assert limit["guests"] is not None or limit["unknown"] or limit["share"]["value"] == 0, limit
        inputs = [i for lift in s["lifts"] for i in lift["inputs"].values()] + list(s["demand"].values())
        assert all(i["basis"] and i["source"] for i in inputs)


def test_feet_are_for_people_and_metres_for_programs(_):
    metres, feet = good(TINY), good(TINY, "--feet")
    assert "1,080,000" in metres and "3,543,307" in feet and "VTF" in feet
    assert good(TINY, "--json", "-") == good(TINY, "--feet", "--json", "-")


def test_the_same_bytes_on_any_threads_and_machine(_):
    first = good(MASIKRYONG, "--days", "4", "--threads", "1", "--json", "-")
    assert good(MASIKRYONG, "--days", "4", "--threads", "3", "--json", "-") == first
    older = {**ENV, "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA", "TZ": "Asia/Tokyo"}
    assert ccc(MASIKRYONG, "--days", "4", "--json", "-", env=older).stdout.decode() == first
    assert good(MASIKRYONG, "--days", "4", "--seed", "9", "--json", "-") != first


def test_a_rehearsal_at_its_capacity(_):
    s = sheet(BADGER, "--days", "3", "--simulate")
    r = s["rehearsal"]
    assert abs(r["guests"] - s["limits"][0]["guests"]) <= 0.5 and r["days"] == 3 and r["seed"] == 1
    days = [json.loads(subprocess.run([PISTE, "day", BADGER, "--guests", str(r["guests"]), "--seed", str(seed), "--json", "-"],
                                      capture_output=True, check=True).stdout) for seed in (1, 2, 3)]
    assert abs(r["wait_mean_s"] - sum(d["wait_s"]["mean"] for d in days) / 3) < 0.01
    worst = {}
    for d in days:
        for lift in d["lifts"]:
            worst[lift["key"]] = worst.get(lift["key"], 0) + (lift["wait_s"]["p90"] or 0) / 3
    assert r["worst_lift"] == max(worst, key=worst.get) and abs(r["worst_wait_p90_s"] - max(worst.values())) < 0.01
    text = good(BADGER, "--days", "3", "--simulate")
    assert "Rehearsed at this capacity" in text and "cannot be let in" in text, text
    assert sheet(BADGER, "--days", "3")["rehearsal"] is None


def test_two_are_told_apart(top):
    other = copy_of(top, TINY, ("access: 10 %, loss: 15 %", "access: 5 %, loss: 20 %"), ("seats: 50", "seats: 80"),
                    ("novice, demand: 2000 m", "novice, demand: 2500 m"))
    d = json.loads(good(TINY, other, "--json", "-"))
    assert d["format"] == "piste-ccc-difference"
    lifts = [c for c in d["changes"] if c["limit"] == "lifts"]
    assert sorted((c["what"], c["key"]) for c in lifts) == [("access", "chair"), ("demand", None), ("loss", "chair")]
    assert abs(sum(c["effect"] for c in lifts) - d["difference"]) < 1e-4
    assert abs(sum(d["effects"].values()) - d["difference"]) < 1e-4
    assert abs(sum(c["effect"] for c in lifts if c["what"] in ("access", "loss"))) < 1e-4  # 5 % less and 5 % more
    seats = [c for c in d["changes"] if c["limit"] == "restaurant-seats"]
    assert len(seats) == 1 and abs(seats[0]["effect"] - 30 * 4 / 0.8) < 1e-4
    back = json.loads(good(other, TINY, "--json", "-"))
    assert abs(back["difference"] + d["difference"]) < 1e-4
    assert "Their inputs are alike" in good(TINY, TINY)
    text = good(TINY, other)
    assert "chair: used for access" in text and "Together" in text


def test_a_saved_sheet_is_as_good_as_its_folder(top):
    path = os.path.join(top, "a.json")
    good(MASIKRYONG, "--date", "2014-02-02", "--days", "4", "--json", path)
    assert good(path, "--json", "-") == open(path, encoding="utf-8").read()
    with open(path, "rb") as source:
        piped = subprocess.run([PISTE, "ccc", "-", path], stdin=source, capture_output=True, env=ENV, check=True)
    assert b"Their inputs are alike" in piped.stdout
    for words, word in ((("-", "-"), "standard input"), ((path, "--date", "2019-02-02"), "--date"), ((path, path, "--days", "9"), "--days")):
        answer = ccc(*words)
        assert answer.returncode == 2 and word in answer.stderr.decode() and not answer.stdout, answer
    d = json.loads(good(path, MASIKRYONG, "--days", "4", "--json", "-"))
    assert any(c["what"] == "there" and c["key"] == "gondola" and c["b"] == 1 for c in d["changes"])
    assert abs(sum(c["effect"] for c in d["changes"] if c["limit"] == "lifts") - d["difference"]) < 1e-3
    with open(path, encoding="utf-8") as source:
        text = source.read()
    for old, new, word in (('"version": 1', '"version": 9', "$.version"), ('"version": 1,', '"version": 1', "bad.json:4"),
                           ('"basis": "chosen"', '"basis": "rumoured"', "rumoured"), ('"hours": {', '"ours": {', "inputs.hours")):
        bad = os.path.join(top, "bad.json")
        with open(bad, "w", encoding="utf-8") as out:
            out.write(text.replace(old, new, 1))
        answer = ccc(bad, MASIKRYONG)
        assert answer.returncode == 4 and word in answer.stderr.decode() and not answer.stdout, answer


def test_a_page_that_prints_without_anything_else(top):
    strange = copy_of(top, TINY, ("name: ccc-tiny", 'name: "<b>Ski & \\"Co\\"</b>"'))
    path = os.path.join(top, "a.html")
    for words in ((strange,), (strange, "--simulate", "--days", "2"), (strange, MASIKRYONG, "--days", "2")):
        good(*words, "--html", path)
        with open(path, encoding="utf-8") as source:
            text = source.read()
        page = Page()
        page.feed(text)
        assert not page.open and not page.fetched and "script" not in page.tags and "b" not in page.tags, page.tags
        assert page.tags["table"] >= 1 and page.tags["thead"] == page.tags["table"] and "@media print" in text
        assert '<b>Ski & "Co"</b>' in page.text
        assert not re.search(r"url\(|@import|https?:", text)
    assert good(strange, "--html", "-").startswith("<!doctype html>")


def test_csv_for_a_spreadsheet(top):
    folder = os.path.join(top, "out")
    good(BADGER, "--csv", folder, "--json", os.path.join(top, "a.json"))
    with open(os.path.join(top, "a.json"), encoding="utf-8") as source:
        s = json.load(source)
    tables = {}
    for name in ("sheet", "lifts", "terrain", "limits", "inputs", "rehearsal"):
        with open(os.path.join(folder, name + ".csv"), encoding="utf-8", newline="") as source:
            tables[name] = list(csv.DictReader(source))
    assert [r["lift"] for r in tables["lifts"]] == [l["key"] for l in s["lifts"]]
    assert abs(sum(float(r["ccc"]) for r in tables["lifts"]) - s["ccc"]) < 1e-3
    assert [r["limit"] for r in tables["limits"] if r["binds"] == "1"] == [s["binding"]]
    assert len([r for r in tables["inputs"] if r["limit"] == "lifts" and r["of"] == "eagle"]) == 6
    assert all(r["basis"] for r in tables["inputs"]) and tables["rehearsal"] == []
    answer = ccc(BADGER, "--csv", folder)
    assert answer.returncode == 5 and not answer.stdout
    good(TINY, BADGER, "--csv", os.path.join(top, "two"))
    assert os.listdir(os.path.join(top, "two")) == ["changes.csv"]


def test_nonsense_is_refused_before_anything_is_written(top):
    path = os.path.join(top, "a.json")
    for words, code, word in [
            ((), 2, "folder"), ((TINY, TINY, TINY), 2, "got 3"), ((TINY, "--days", "1"), 2, "--days"), ((TINY, "--days", "many"), 2, "many"),
            ((TINY, "--threads", "0"), 2, "--threads"), ((TINY, "--seed", "-1"), 2, "--seed"), ((TINY, "--date", "soon"), 2, "soon"),
            ((TINY, "--json", "-", "--html", "-"), 2, "both"), ((TINY, "--json", ""), 2, "name"), ((TINY, "--csv", "-"), 2, "folder"),
            ((TINY, TINY, "--simulate"), 2, "--simulate"), ((TINY, "--guests", "9"), 2, "--guests"),
            ((os.path.join(top, "none"), "--json", path), 3, "none"), ((os.path.join(ROOT, "README.md"), "--json", path), 4, "README.md:1"),
            ((os.path.join(ROOT, "README.md"), "--simulate"), 2, "saved sheet"),
            ((TINY, "--json", os.path.join(top, "no", "a.json")), 6, "")]:
        answer = ccc(*words)
        assert answer.returncode == code and word in answer.stderr.decode() and not answer.stdout, (words, answer)
    assert not os.path.exists(path)
    lonely = copy_of(top, TINY, ("lifts:\n", "lifts: []\nnote: |\n"))
    answer = ccc(lonely)
    assert answer.returncode == 4 and "no lifts" in answer.stderr.decode(), answer


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
