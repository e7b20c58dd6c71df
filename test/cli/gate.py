#!/usr/bin/env python3
"""test/cli/gate.py - `piste pass` and `piste gate` as an office and an attendant meet them: from keys to a printed card that opens.

    gate.py PISTE        PISTE: the program; speaks TAP
"""
import datetime
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402 - it stands above this folder

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BADGER = os.path.join(ROOT, "examples", "badger-pass")
MASIKRYONG = os.path.join(ROOT, "resorts", "masikryong")
PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
os.environ["LSAN_OPTIONS"] = "print_suppressions=0:suppressions=" + os.path.join(ROOT, "test", "cli", "cairo.supp")
TODAY = datetime.date.fromtimestamp(time.time() - 11 * 3600)  # at the latest this date in California
DAYS = f"{TODAY - datetime.timedelta(days=2)}..{TODAY + datetime.timedelta(days=40)}"


def said(*words, given=None, env=None):
    return subprocess.run([PISTE, *words], capture_output=True, check=False, text=True, input=given, timeout=120,
                          env={**os.environ, **(env or {})})


def well(*words, **more):
    answer = said(*words, **more)
    assert answer.returncode == 0, f"{words}: {answer.returncode}\n{answer.stdout}{answer.stderr}"
    return answer.stdout


def refused(code, word, *words, **more):
    answer = said(*words, **more)
    assert answer.returncode == code, f"{words}: {answer.returncode}, expected {code}\n{answer.stdout}{answer.stderr}"
    assert word in answer.stderr, f"{words}: no '{word}' in {answer.stderr}"
    assert not answer.stdout, answer.stdout


def day(n):
    return str(TODAY + datetime.timedelta(days=n))


class Hill:
    """An office, what it published, and gates."""

    def __init__(self, top, resort=BADGER):
        self.office, self.out, self.top = os.path.join(top, "office"), os.path.join(top, "out"), top
        well("pass", "setup", self.office, resort, "--days", DAYS)
        self.publish()

    def publish(self, *more):
        return well("pass", "publish", self.office, self.out, *more)

    def gate(self, name, number, at):
        folder = os.path.join(self.top, name)
        well("gate", "make", folder, self.out, "--number", str(number), "--at", at)
        return folder

    def update(self, gate):
        return well("gate", "update", gate, self.out)

    def issue(self, product="season", *more):
        return well("pass", "issue", self.office, product, "--from", day(-1), "--until", day(30), *more).strip()

    def judge(self, gate, token, *more):
        answer = said("gate", "judge", gate, token, "--json", "-", *more)
        found = json.loads(answer.stdout)
        assert answer.returncode == (found["code"] + 10 if found["code"] else 0), (answer.returncode, found)
        return found


def test_a_pass_opens_and_a_shared_one_does_not(top):
    hill = Hill(top)
    gate = hill.gate("g", 1, "eagle")
    token = hill.issue()
    answer = hill.judge(gate, token)
    assert answer["open"] and answer["product"] == "season" and answer["entrance"] == "eagle", answer
    again = hill.judge(gate, token)
    assert again["reason"] == "passback" and 100 < again["wait-s"] < 2000, again
    line = said("gate", "judge", gate, token)
    assert line.returncode == 23 and line.stdout.startswith("STOP  ") and "eagle" in line.stdout, line.stdout
    assert "\033" not in line.stdout
    assert hill.judge(gate, token[:-1])["reason"] == "unreadable"
    assert hill.judge(gate, "")["reason"] == "unreadable"
    other = "0" if token[20] != "0" else "1"
    assert hill.judge(gate, token[:20] + other + token[21:])["reason"] in ("forged", "unreadable")
    shown = well("pass", "show", hill.office, token)
    assert "valid now" in shown and "Season pass" in shown, shown
    assert well("pass", "show", hill.office, "-", given=token + "\r\n") == shown


def test_what_is_printed_opens_the_gate(top):
    tools = ["zbarimg", "pdftoppm", "rsvg-convert"]
    if not shutil.which("zbarimg") or not shutil.which("pdftoppm"):
        return "SKIP zbarimg or pdftoppm is not installed"
    hill = Hill(top)
    gate = hill.gate("g", 1, "eagle")
    pdf, svg, txt = (os.path.join(top, name) for name in ("p.pdf", "p.svg", "p.txt"))
    well("pass", "issue", hill.office, "season", "--from", day(-1), "--until", day(30), "--name", "김철수 山田太郎 Ünal",
         "--hours", "00:00-48:00", "--points", "12", "--pdf", pdf, "--svg", svg, "--text", txt)
    with open(txt, encoding="utf-8") as file:
        token = file.read().strip()
    subprocess.run(["pdftoppm", "-r", "150", "-png", pdf, os.path.join(top, "page")], check=True, capture_output=True)
    pages = [name for name in os.listdir(top) if name.startswith("page")]
    assert len(pages) == 1, pages
    seen = subprocess.run(["zbarimg", "-q", "--raw", os.path.join(top, pages[0])], capture_output=True, text=True, check=True).stdout.strip()
    assert seen == token, (seen, token)
    assert hill.judge(gate, seen)["open"]
    # The letters are there: embedded in the PDF, drawn in the SVG, of which no text element needs a font.
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    for word in ("김철수", "山田太郎", "Ünal", "12 points", "Season pass", "00:00-48:00 each day", "Adult", day(30)):
        assert word in text, (word, text)
    with open(svg, encoding="utf-8") as file:
        drawn = file.read()
    assert "<text" not in drawn and 'width="85.6' not in drawn.split("<svg")[0], drawn[:200]
    if shutil.which(tools[2]):
        subprocess.run([tools[2], "-d", "200", "-z", "2", svg, "-o", os.path.join(top, "svg.png")], check=True)
        seen = subprocess.run(["zbarimg", "-q", "--raw", os.path.join(top, "svg.png")], capture_output=True, text=True, check=True).stdout.strip()
        assert seen == token
    refused(3, "font", "pass", "issue", hill.office, "season", "--from", day(0), "--name", "\U00012000\U00012001", "--pdf", pdf + "x")
    assert not os.path.exists(pdf + "x")


def test_a_group_has_a_page_each(top):
    hill = Hill(top)
    pdf, lines = os.path.join(top, "p.pdf"), os.path.join(top, "p.jsonl")
    well("pass", "issue", hill.office, "day", "--from", day(0), "--count", "40", "--pdf", pdf, "--json", lines)
    with open(lines, encoding="utf-8") as file:
        passes = [json.loads(line) for line in file]
    assert len({p["pass"] for p in passes}) == 40 and len({p["token"] for p in passes}) == 40
    if shutil.which("pdfinfo"):
        about = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
        assert re.search(r"Pages:\s+40\b", about), about
    refused(2, "--pdf", "pass", "issue", hill.office, "day", "--from", day(0), "--count", "2", "--svg", "-")


def test_lists_reach_a_gate_at_work(top):
    hill = Hill(top)
    gate = hill.gate("g", 1, "eagle")
    token, late = hill.issue(), hill.issue("season", "--waiver")
    work = subprocess.Popen([PISTE, "gate", "judge", gate, "-", "--json", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(line):
        work.stdin.write(line + "\n")
        work.stdin.flush()
        return json.loads(work.stdout.readline())
    assert ask(late)["reason"] == "waiver"
    assert ask(json.dumps({"pass": token, "at": "bruin"}))["entrance"] == "bruin"
    refused(5, "another process", "gate", "judge", gate, token)
    well("pass", "revoke", hill.office, token)
    well("pass", "waive", hill.office, late)
    hill.publish()
    hill.update(gate)
    assert ask(token)["reason"] == "revoked"
    assert ask(late)["open"]
    work.stdin.close()
    assert work.wait(20) == 0
    work.stdout.close()
    assert "newest already" in hill.update(gate)
    state = json.loads(well("gate", "state", gate, "--json", "-"))
    assert state["revoked"] == 1 and state["waived"] == 1 and state["sequence"] == 4, state


def test_old_lists_are_told_and_used(top):
    hill = Hill(top)
    hill.publish("--stale-after", "1")
    gate = hill.gate("g", 1, "eagle")
    token = hill.issue()
    soon = int(time.time()) + 3599 * 2
    answers = well("gate", "judge", gate, "-", "--times", "--json", "-", given=json.dumps({"pass": token, "time-s": soon}) + "\n")
    answer = json.loads(answers)
    assert answer["open"] and answer["lists-stale"], answer


def test_scans_from_standard_input(top):
    hill = Hill(top)
    gate = hill.gate("g", 1, "eagle")
    token, now = hill.issue(), int(time.time())
    lines = [json.dumps({"pass": token, "time-s": now}), "{", json.dumps({"pass": token, "time-s": now + 10}),
             json.dumps({"pass": token, "time-s": now + 3000, "at": "nowhere"}), json.dumps({"pass": 5}), "x" * 10000,
             json.dumps({"pass": token, "time-s": now + 3000}), json.dumps({"pass": token, "time-s": now + 3000, "more": 1}),
             json.dumps({"pass": token, "time-s": -5})]
    answer = said("gate", "judge", gate, "-", "--times", "--json", "-", given="\n".join(lines))
    reasons = [json.loads(line)["reason"] for line in answer.stdout.splitlines()]
    assert answer.returncode == 4, answer
    odd = "not_a_scan"
    assert reasons == ["open", odd, "passback", odd, odd, odd, "open", odd, odd], reasons
    assert answer.stderr.count("standard input:") == 6, answer.stderr
    plain = said("gate", "judge", gate, "-", given=f"{token}\r\nnonsense\n")
    assert plain.returncode == 0 and plain.stdout.count("STOP") == 2, plain.stdout
    log = [json.loads(line) for line in well("gate", "log", gate, "--json", "-").splitlines()]
    assert [r["act"] for r in log][:3] == ["open", "passback", "open"] and len(log) == 5, log
    assert len(well("gate", "log", gate).splitlines()) == 5


def test_many_scans_in_one_go(top):
    hill = Hill(top)
    gate = hill.gate("g", 1, "eagle")
    tokens = well("pass", "issue", hill.office, "day", "--from", day(0), "--until", day(2), "--count", "1000").split()
    answer = said("gate", "judge", gate, "-", "--json", "-", given="\n".join(tokens) + "\n")
    found = [json.loads(line) for line in answer.stdout.splitlines()]
    assert answer.returncode == 0 and len(found) == 1000, answer.stderr
    assert all(a["open"] or a["reason"] == "not_yet" for a in found), found[0]
    assert [a["sequence"] for a in found] == list(range(1, 1001))


def test_who_did_not_go_through_has_spent_nothing(top):
    hill = Hill(top)
    gate, other = hill.gate("g", 1, "eagle"), hill.gate("h", 2, "bruin")
    token = hill.issue("points", "--points", "2")
    in_first = hill.judge(gate, token)
    assert in_first["open"] and in_first["points-left"] == 1
    undone = json.loads(well("gate", "undo", gate, str(in_first["sequence"]), "--json", "-"))
    assert undone["reason"] == "not_through" and undone["code"] == 15 and undone["points-left"] == 2 and undone["undoes"] == 1, undone
    assert well("gate", "undo", gate, "1").startswith("DONE  record 1 did not go through")
    refused(3, "let nobody in", "gate", "undo", gate, "2")
    refused(2, "expected a number", "gate", "undo", gate, "x")
    # A turnstile's controller says so in the line that scans come in.
    soon = int(time.time())
    lines = [{"pass": token, "time-s": soon}, {"undo": 3, "time-s": soon + 8}, {"undo": 3, "time-s": soon + 9}, {"pass": token, "time-s": soon + 10},
             {"undo": 3, "time-s": soon + 11}, {"undo": 77, "time-s": soon + 11}, {"undo": 5, "time-s": soon + 200}, {"undo": 0, "time-s": soon},
             {"undo": 5, "pass": token, "time-s": soon}]
    answer = said("gate", "judge", gate, "-", "--times", "--json", "-", given="".join(json.dumps(line) + "\n" for line in lines))
    found = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [f["reason"] for f in found] == ["open", "not_through", "not_through", "open", "too_late", "no_admission", "too_late", "not_a_scan",
                                            "not_a_scan"], found
    assert found[1] | {"time-s": 0} == found[2] | {"time-s": 0} and found[1]["sequence"] == 4 and answer.returncode == 4, found
    assert "not_through" in well("gate", "log", gate) and '"undoes":3' in well("gate", "log", gate, "--json", "-")
    # All gates are told of the one scan that counts.
    merged = os.path.join(top, "all")
    well("gate", "merge", merged, gate)
    assert json.loads(well("gate", "merge", merged, gate, "--published", hill.out, "--json", "-"))["findings"] == []
    hill.publish("--merged", merged)
    hill.update(other)
    answer = said("gate", "judge", other, "-", "--times", "--json", "-", given=json.dumps({"pass": token, "time-s": soon + 3600}) + "\n")
    assert json.loads(answer.stdout)["points-left"] == 0, answer.stdout


def test_merging_finds_what_no_gate_could_know(top):
    hill = Hill(top)
    first, second = hill.gate("a", 1, "eagle"), hill.gate("b", 2, "bruin")
    shared, points = hill.issue(), hill.issue("points", "--points", "1")
    assert hill.judge(first, shared)["open"] and hill.judge(second, shared)["open"]
    assert hill.judge(first, points)["open"] and hill.judge(second, points)["open"]
    merged, other = os.path.join(top, "all"), os.path.join(top, "other")
    well("gate", "merge", merged, first)
    well("gate", "merge", merged, second, first)
    well("gate", "merge", other, os.path.join(second, "log"))
    well("gate", "merge", other, merged)
    with open(merged, "rb") as one, open(other, "rb") as two:
        assert one.read() == two.read()
    found = json.loads(well("gate", "merge", merged, first, "--published", hill.out, "--json", "-"))
    kinds = sorted(f["finding"] for f in found["findings"])
    assert kinds == ["overspent", "twice", "twice"] and found["records"] == 4, found
    assert "3 findings" in well("gate", "merge", merged, "--published", hill.out)
    hill.publish("--merged", merged)
    hill.update(second)
    assert hill.judge(second, points)["reason"] in ("points", "passback")
    state = json.loads(well("gate", "state", second, "--json", "-"))
    assert state["sequence"] == 3, state


def test_keys_rotate_end_and_come_back(top):
    hill = Hill(top)
    gate = hill.gate("g", 1, "eagle")
    old = hill.issue()
    well("pass", "rotate", hill.office)
    new = hill.issue()
    assert hill.judge(gate, new)["reason"] == "unknown_key"
    hill.publish()
    hill.update(gate)
    assert hill.judge(gate, new)["open"]
    keys = [line.split() for line in well("pass", "keys", hill.office).splitlines()[1:]]
    retired = [k[0] for k in keys if k[2] == "retired"]
    signing = [k[0] for k in keys if k[1] == "pass" and k[2] == "signs"]
    assert len(retired) == 1 and len(keys) == 3, keys
    refused(4, "rotate first", "pass", "end", hill.office, signing[0])
    time.sleep(1.1)
    well("pass", "end", hill.office, retired[0])
    hill.publish()
    hill.update(gate)
    assert hill.judge(gate, old)["reason"] == "key_ended"
    secret, backup, again = (os.path.join(top, name) for name in ("secret", "backup", "again"))
    with open(secret, "w", encoding="utf-8") as file:
        file.write("edelweiss and snow\nnot this line\n")
    well("pass", "backup", hill.office, backup, "--passphrase", secret)
    well("pass", "restore", backup, again, "--passphrase", "-", given="edelweiss and snow\n")
    assert well("pass", "keys", again) == well("pass", "keys", hill.office)
    assert well("pass", "table", again) == well("pass", "table", hill.office)
    refused(4, "passphrase", "pass", "restore", backup, again + "2", "--passphrase", "-", given="edelweiss and ice\n")
    refused(5, "already", "pass", "restore", backup, again, "--passphrase", secret)


def test_nobody_else_may_read_the_keys(top):
    hill = Hill(top)
    assert stat.S_IMODE(os.stat(hill.office).st_mode) == 0o700
    for name in ("keys.json", "lists.json", "table.json"):
        assert stat.S_IMODE(os.stat(os.path.join(hill.office, name)).st_mode) == 0o600, name
    os.chmod(os.path.join(hill.office, "keys.json"), 0o644)
    refused(4, "others may read", "pass", "keys", hill.office)
    with open(os.path.join(hill.out, "keys.signed"), encoding="utf-8") as file:
        assert "seed" not in file.read()


def test_a_changed_document_is_not_taken(top):
    hill = Hill(top)
    gate = hill.gate("g", 1, "eagle")
    token = hill.issue()
    well("pass", "revoke", hill.office, token)
    hill.publish()
    path = os.path.join(hill.out, "lists.signed")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for changed in (text.replace('"revoked":[[', '"revoked":[],"x":[['), text[:-3], "", text.replace("lists", "table")):
        with open(path, "w", encoding="utf-8") as file:
            file.write(changed)
        refused(4, "lists.signed", "gate", "update", gate, hill.out)
    assert hill.judge(gate, token)["open"]  # nothing was taken, not even the newer keys
    state = json.loads(well("gate", "state", gate, "--json", "-"))
    assert state["revoked"] == 0
    stranger = Hill(os.path.join(top, "other")) if os.mkdir(os.path.join(top, "other")) is None else None
    refused(4, "not known", "gate", "update", gate, stranger.out)
    fingerprint = [line.split()[-1] for line in well("pass", "keys", hill.office).splitlines() if " list " in line][0]
    refused(4, "fingerprint", "gate", "make", os.path.join(top, "h"), stranger.out, "--number", "1", "--at", "eagle", "--fingerprint", fingerprint)


def test_wrong_words_are_told(top):
    hill = Hill(top)
    refused(2, "unknown act", "pass", "sell", hill.office)
    refused(2, "expected", "pass", "issue", hill.office)
    refused(2, "does not take", "pass", "keys", hill.office, "--points", "5")
    refused(2, "does not take", "gate", "state", hill.out, "--accept")
    refused(2, "--from", "pass", "issue", hill.office, "day")
    refused(2, "--from", "pass", "issue", hill.office, "day", "--from", "tomorrow")
    refused(4, "calendar", "pass", "issue", hill.office, "day", "--from", "2019-01-01")
    refused(4, "beginning before its end", "pass", "issue", hill.office, "day", "--from", day(3), "--until", day(1))
    refused(2, "--hours", "pass", "issue", hill.office, "day", "--from", day(1), "--hours", "16:00-13:00")
    refused(2, "days", "pass", "issue", hill.office, "flexible", "--from", day(1))
    refused(3, "product", "pass", "issue", hill.office, "flight", "--from", day(1))
    refused(3, "zone", "pass", "issue", hill.office, "day", "--from", day(1), "--opens", "lifts,moon")
    refused(3, "class", "pass", "issue", hill.office, "day", "--from", day(1), "--class", "king")
    refused(4, "16 digits", "pass", "revoke", hill.office, "12")
    refused(4, "not the token", "pass", "show", hill.office, "ABC")
    refused(3, "entrance", "gate", "make", os.path.join(top, "g"), hill.out, "--number", "1", "--at", "moon")
    refused(2, "--number", "gate", "make", os.path.join(top, "g"), hill.out, "--number", "0", "--at", "eagle")
    refused(3, "", "gate", "state", os.path.join(top, "nowhere"))
    refused(5, "already", "pass", "setup", hill.office, BADGER, "--days", DAYS)
    refused(2, "--days", "pass", "setup", hill.office + "2", BADGER, "--days", "soon")
    assert not os.path.exists(hill.office + "2")


def test_a_full_disk_opens_nothing(top):
    """Standard output and the log on /dev/full-like limits: no answer without a record."""
    hill = Hill(top)
    gate = hill.gate("g", 1, "eagle")
    token = hill.issue()
    limited = subprocess.run(["bash", "-c", 'trap "" XFSZ; ulimit -f 0; exec "$@"', "bash", PISTE, "gate", "judge", gate, "-"],
                             input=token + "\n", capture_output=True, text=True, check=False)
    assert limited.returncode == 6 and "OPEN" not in limited.stdout and "nobody is let in" in limited.stderr, limited
    assert hill.judge(gate, token)["open"]


def test_names_and_points_of_the_owner_outlive_a_new_table(top):
    hill = Hill(top, MASIKRYONG)
    path = os.path.join(hill.office, "table.json")
    with open(path, encoding="utf-8") as file:
        table = json.load(file)
    table["entrances"][0]["name"] = "곤돌라"
    table["entrances"][0]["points"] = 3
    with open(path, "w", encoding="utf-8") as file:
        json.dump(table, file)
    well("pass", "table", hill.office, MASIKRYONG, "--days", DAYS)
    with open(path, encoding="utf-8") as file:
        again = json.load(file)
    assert again["entrances"][0]["name"] == "곤돌라" and again["entrances"][0]["points"] == 3
    hill.publish()
    gate = hill.gate("g", 1, "gondola")
    points = hill.issue("points", "--points", "4")
    assert hill.judge(gate, points)["points-left"] == 1
    table["entrances"][1]["number"] = table["entrances"][0]["number"]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(table, file)
    refused(4, "entrances[1]", "pass", "table", hill.office)


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
