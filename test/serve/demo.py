#!/usr/bin/env python3
"""test/serve/demo.py - the demonstration: what is played is what the desk has sold, and the mountain in others' formats.

    demo.py PISTE
"""
import concurrent.futures
import datetime
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.append("/usr/lib/python3/dist-packages")  # where Debian has icalendar, whichever Python this is
import tap  # noqa: E402
from server import PISTE, ROOT, Server, expect  # noqa: E402

FIRST, SECOND = "2019-02-02", "2019-02-03"


def until(what, check, seconds=120):
    """The first true thing that `check` returns."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(("waited in vain for", what))


def play(top, speed, resort=None, name="data"):
    return Server(top, "--demo", str(speed), resort=resort, name=name)


def sign_in(server, role):
    account = next(a for a in server.client().get("/api/session")[1]["demo"] if a["account"] == role)
    return server.sign_in(role, account["password"])


def demo(client):
    code, answer = client.get("/api/demo")
    expect(code == 200, code, answer)
    return answer


def pause(client):
    """Stops the clock; what was under way is played to its end. What is told then stays."""
    expect(client.post("/api/demo", speed=0)[0] == 200)
    seen = []

    def is_still():
        seen.append(demo(client))
        return len(seen) > 12 and all(s == seen[-1] for s in seen[-12:]) and seen[-1]
    return until("the play to stand still", is_still)


def taken(client, date=FIRST):
    slots = client.question("free", resource="visit", slot=date)
    slot = slots.get("slots", slots.get("allotments", [slots]))[0]
    return slot["taken"], slot["capacity"]


def check_sums(now):
    expect(now["admitted"] <= now["sold"], "a gate let in more people than were sold a visit", now)
    expect(now["without_pass"] == 0, "somebody who was refused rides", now)
    # Who was refused goes home, those of a coach with their coach.
    expect(now["present"] <= now["sold"] + now["refused"], now)
    expect(sum(r["people"] for r in now["reasons"]) >= now["refused"], now)
    expect(not now["is_over"] or now["present"] == 0, "somebody has stayed", now)
    expect(sum(g["admitted"] for g in now["gates"]) == now["scans"] - now["scans_refused"], now)


def day_report(manager):
    report = manager.question("report", **{"from": FIRST, "until": FIRST})
    return [report["accounts"], report["positions"]]


def play_first_day(top, speed, resort=None, name="data"):
    """Plays the first day to its end; returns its report and the most that was told of it."""
    with play(top, speed, resort, name) as s:
        manager = sign_in(s, "manager")
        last = {}

        def is_next():
            now = demo(manager)
            if now["date"] != FIRST:
                return True
            check_sums(now)
            last.update(now)
            return False
        until("the next day", is_next, 240)
        pause(manager)
        expect(last["is_over"] or last["sold"], last)
        report, held = day_report(manager), taken(manager)
        audit = subprocess.run([PISTE, "audit", "--db", s.db], capture_output=True, text=True, check=False)
        expect(audit.returncode == 0, audit.stdout, audit.stderr)
    return report, last, held


def test_what_is_played_is_what_the_desk_sold(top):
    with play(top, 600) as s:
        manager = sign_in(s, "manager")
        until("tickets and gates", lambda: demo(manager)["sold"] > 300 and demo(manager)["admitted"] > 50)
        for _ in range(3):
            now = pause(manager)
            check_sums(now)
            expect(taken(manager)[0] == now["sold"], "sold is not what the desk has taken", taken(manager), now)
            expect(manager.post("/api/demo", speed=600)[0] == 200)
            until("more time", lambda: demo(manager)["local"] > now["local"])
        mountain = manager.get("/api/mountain")[1]
        waits = [lift for lift in mountain["lifts"] if lift.get("wait_s") is not None and lift.get("expected_s") is not None]
        expect(len(waits) >= 5 and all(lift["measured_ms"] > 0 for lift in waits), mountain["lifts"])
        expect(any(run.get("people", 0) > 0 for run in mountain["runs"]), "nobody skis")


def test_the_clock_waits_for_the_desk(top):
    """Somebody holds the database: what cannot be sold is not played, the clock stands and says so, nothing is lost."""
    speed = 600
    with play(top, speed) as s:
        manager = sign_in(s, "manager")
        before = until("the morning", lambda: demo(manager)["pace"] > 0 and demo(manager))
        db = sqlite3.connect(s.db, isolation_level=None)
        db.execute("BEGIN IMMEDIATE")
        held = time.monotonic()
        until("the clock to stand", lambda: demo(manager)["is_slowed"])
        stood = demo(manager)["local"]
        until("what would have been an hour", lambda: time.monotonic() > held + 6)
        expect(demo(manager)["local"] == stood, "it went on", stood)
        db.execute("ROLLBACK")
        db.close()
        after = until("time to go on", lambda: demo(manager)["local"] > stood and demo(manager))
        form = "%Y-%m-%d %H:%M:%S"
        jump = datetime.datetime.strptime(after["local"], form) - datetime.datetime.strptime(stood, form)
        expect(jump.total_seconds() < 3 * speed, "it made up for the time that it stood", jump)
        expect(after["sold"] >= before["sold"])
        until("full speed", lambda: not demo(manager)["is_slowed"])
        now = pause(manager)
        check_sums(now)
        expect(taken(manager)[0] == now["sold"], taken(manager), now)


def test_same_seed_same_sales(top):
    """However fast it goes. Two servers play at one time: what they do most is wait for their clocks."""
    with concurrent.futures.ThreadPoolExecutor() as both:
        days = [both.submit(play_first_day, top, speed, name=name) for speed, name in ((3600, "one"), (1800, "two"))]
        first, second = (day.result()[0] for day in days)
    expect(first == second, first, second)
    expect(len(first[1]) >= 4 and len({row["amount"].split()[-1] for row in first[0]}) >= 4, "products and currencies", first)


def test_never_oversold(top):
    resort = os.path.join(top, "small")
    shutil.copytree(os.path.join(ROOT, "resorts", "masikryong"), resort)
    path = os.path.join(resort, "resort.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    expect("\ncap: 2000\n" in text)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("\ncap: 2000\n", "\ncap: 50\n"))
    report, last, (sold, capacity) = play_first_day(top, 3600, resort)
    visits = sum(row["count"] for row in report[1] if row["product"] in ("day-pass", "day-with-equipment"))
    expect((sold, capacity) == (visits, 50) and visits <= 50, sold, capacity, visits)
    expect(visits > 40, "hardly anything was sold", visits)
    refused = {r["reason"]: r["people"] for r in last["reasons"]}
    expect(refused.get("sold_out", 0) > 250, refused)
    expect(last["sold"] + last["refused"] > 350, last)


def test_a_drawer_that_is_open_holds_the_evening(top):
    with play(top, 3600) as s:
        cashier = sign_in(s, "cashier")
        cashier.act("drawer-open", drawer="till-9", cashier="cashier", counted=[{"amount": "20.00 USD"}])
        now = until("the evening", lambda: demo(cashier)["note"] and demo(cashier), 240)
        expect("till-9" in now["note"] and now["date"] == FIRST and now["is_over"], now)
        cashier.act("drawer-close", drawer="till-9", counted=[{"amount": "20.00 USD"}])
        now = until("the next day", lambda: demo(cashier)["date"] == SECOND and demo(cashier))
        expect(now["note"] == "", now)


def test_speed_is_for_those_who_signed_in(top):
    with play(top, 5) as s:
        guest, cashier = s.client(), sign_in(s, "cashier")
        expect(guest.post("/api/demo", speed=0)[0] == 401)
        expect(guest.get("/api/demo")[1]["speed"] == 5)
        expect(cashier.post("/api/demo", speed=40)[1]["speed"] == 40)
        for speed in (-1, 3601, "fast", 1.5):
            expect(cashier.post("/api/demo", speed=speed)[0] == 422, speed)
        expect(len(guest.get("/api/session")[1]["demo"]) == 5)
    with Server(top, name="plain") as s:
        expect("demo" not in s.client().get("/api/session")[1], "passwords told where there is no demonstration")
        expect(s.client().get("/api/demo")[0] == 404)


def test_a_desk_that_was_used_is_left_alone(top):
    with Server(top) as s:
        s.load()
        s.desk("open", "date=2026-01-10")
    done = subprocess.run([PISTE, "serve", os.path.join(ROOT, "resorts", "masikryong"), "--port", "0", "--data", s.data, "--demo", "60"],
                          capture_output=True, text=True, check=False, timeout=60)
    expect(done.returncode == 5 and "used" in done.stderr, done.returncode, done.stderr)


def test_liftie(top):
    """The shape that Liftie's API has: status by name, and how many of each."""
    with play(top, 60) as s:
        client = s.client()
        mountain, liftie = client.get("/api/mountain")[1], client.get("/api/mountain/liftie.json")[1]
    expect(set(liftie) == {"id", "name", "ll", "open", "timestamp", "lifts"}, liftie)
    states = ("open", "hold", "scheduled", "closed")
    status, stats = liftie["lifts"]["status"], liftie["lifts"]["stats"]
    expect(len(status) == len(mountain["lifts"]) and set(status.values()) <= set(states), status)
    for state in states:
        count = sum(1 for v in status.values() if v == state)
        expect(stats[state] == count, stats)
        expect(stats["percentage"][state] == int(count * 1000 / len(status)) / 10, stats)
    lon, lat = liftie["ll"]
    expect(127 < lon < 128 and 39 < lat < 40, liftie["ll"])


def unfold(data):
    for line in data.split(b"\r\n"):
        expect(len(line) <= 75, "a line of more than 75 bytes", line)
        line.decode()  # not folded within a character
    return data.replace(b"\r\n ", b"").decode()


def test_sessions_calendar(top):
    with play(top, 1) as s:
        client = s.client()
        code, data = client.get("/api/mountain/sessions.ics")
        expect(code == 200 and client.headers["Content-Type"].startswith("text/calendar"), code)
    text = unfold(data)
    expect(text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") and text.endswith("END:VCALENDAR\r\n"))
    expect(b"\n" not in data.replace(b"\r\n", b""), "a bare line feed")
    try:
        import icalendar
    except ImportError:
        return "python3-icalendar is not there: no real parser was tried"
    events = icalendar.Calendar.from_ical(data).walk("VEVENT")
    expect(len(events) == 14 * 9, len(events))  # two classes and seven sessions on the ice, for fourteen days
    expect(len({str(e["UID"]) for e in events}) == len(events), "a UID twice")
    rink = [e for e in events if str(e["SUMMARY"]) == "Ice rink"]
    zone = datetime.timezone(datetime.timedelta(hours=9))
    first = rink[0]["DTSTART"].dt
    expect(first.utcoffset() == datetime.timedelta(0), first)
    expect(first.astimezone(zone).strftime("%Y-%m-%d %H:%M") == "2019-02-02 09:30", first)
    expect(rink[0]["DTEND"].dt - first == datetime.timedelta(minutes=75), rink[0])
    return None


def test_texts_are_packed_once(top):
    with play(top, 60) as s:
        client = s.client()
        for path in ("/api/mountain", "/api/resort", "/api/mountain/map.svg"):
            packed = client.ask("GET", path)
            expect(client.headers["Content-Encoding"] == "gzip", path)
            length = int(client.headers["Content-Length"])
            plain = client.ask("GET", path, headers={"Accept-Encoding": "identity"})
            expect("Content-Encoding" not in client.headers and int(client.headers["Content-Length"]) > 3 * length, path)
            if path == "/api/resort":
                expect(packed == plain and json.dumps(plain[1]))


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
