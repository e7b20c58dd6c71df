#!/usr/bin/env python3
"""test/serve/jobs.py - drafts of the resort and work on them, asked of a real server as the pages ask it.

    jobs.py PISTE

What a job finds is held against the command line, byte by byte; the command line works on the job's own folder, and, of
the resort as it is, on the resort itself.
"""
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from server import PISTE, ROOT, Server, expect, keys  # noqa: E402

SMALL = os.path.join(ROOT, "examples", "badger-pass")
LARGE = os.path.join(ROOT, "resorts", "masikryong")


def planner(s, name="ann"):
    s.account(name, "planner")
    return s.sign_in(name)


def new(what="k"):
    return f"{what}-{next(keys)}-{os.getpid()}"


def put(c, name, revision, changes, **more):
    return c.ask("PUT", f"/api/plan/drafts/{name}", {"key": new(), "revision": revision, "title": name, "changes": changes, **more})


def change(path, value):
    return {"path": path, "is_removed": True} if value is None else {"path": path, "value": value}


def ask(c, kind, **fields):
    fields.setdefault("key", new(kind))
    code, job = c.post("/api/plan/jobs", kind=kind, title=f"a {kind}", **fields)
    expect(code == 200, code, job)
    return job["id"]


def wait(c, job, states=("done",), longest=120):
    """Until the job is in one of the states; a job that has ended otherwise is told at once."""
    end = time.monotonic() + longest
    while time.monotonic() < end:
        code, answer = c.get(f"/api/plan/jobs/{job}")
        expect(code == 200, code, answer)
        if answer["state"] in states:
            return answer
        expect(answer["state"] in ("waiting", "running"), answer)
        time.sleep(0.02)
    raise AssertionError(("the job did not end", answer))


def result(c, job):
    connection_answer = c.ask("GET", f"/api/plan/jobs/{job}/result.json", headers={"Accept-Encoding": "identity"})
    expect(connection_answer[0] == 200, connection_answer)
    return connection_answer[1]


def bytes_of(s, job):
    with open(os.path.join(s.data, "jobs", job, "result.json"), "rb") as file:
        return file.read()


def piste(*words):
    done = subprocess.run([PISTE, *words], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    expect(done.returncode == 0, words, done.stderr[-2000:])
    return done.stdout


def folder(s, job):
    return os.path.join(s.data, "jobs", job, "resort")


def test_roles(top):
    """None of it is for those who do not plan."""
    with Server(top, resort=SMALL) as s:
        s.account("till", "cashier gate auditor")
        till = s.sign_in("till")
        paths = ("/api/plan/drafts", "/api/plan/jobs", "/api/plan/schema", "/api/plan/measures", "/api/plan/drafts/today")
        expect([till.get(p)[0] for p in paths] == [403] * 5, "a cashier")
        expect([s.client().get(p)[0] for p in paths] == [401] * 5, "a guest")
        expect(till.post("/api/plan/jobs", kind="day", title="x", key="x")[0] == 403)
        expect(put(till, "x", 0, [])[0] == 403)


def test_same_bytes_as_the_command_line(top):
    with Server(top, resort=SMALL) as s:
        c = planner(s)
        expect(put(c, "quick", 0, [change("lifts.badger.speed", "x 1.5"), change("cap", "1200")])[0] == 200)
        day, other = ask(c, "day", seed=7, guests=600), ask(c, "day", draft="quick", seed=7, guests=600, bin_minutes=15)
        for job, words in ((day, []), (other, ["--bin", "15"])):
            wait(c, job)
            mine = piste("day", folder(s, job), "--seed", "7", "--guests", "600", "--json", "-", *words)
            expect(bytes_of(s, job) == mine, "a day", len(mine))
            expect(result(c, job) == json.loads(mine), "over HTTP")
        expect(bytes_of(s, day) == piste("day", SMALL, "--seed", "7", "--guests", "600", "--json", "-"), "the resort as it is")
        expect(bytes_of(s, day) != bytes_of(s, other), "the draft is another resort")
        cap = ask(c, "cap", draft="quick", where=[{"condition": "wait_p90<=10min"}], share_permille=900, precision_permille=100,
                  days_most=100, most=3000)
        plan = ask(c, "plan", drafts=[{"draft": "quick"}], measures=[{"measure": "wait_p90"}, {"measure": "rides_each"}], days=4, seed=3)
        ccc = ask(c, "ccc", draft="quick", days=2)
        for job in (cap, plan, ccc):
            wait(c, job)
        expect(bytes_of(s, cap) == piste("cap", folder(s, cap), "--where", "wait_p90<=10min", "--days", "90%", "--precision", "10%",
                                         "--most-days", "100", "--most", "3000", "--no-inputs", "--threads", "1", "--json", "-"), "a cap")
        expect(bytes_of(s, ccc) == piste("ccc", folder(s, ccc), "--days", "2", "--json", "-"), "a sheet")
        expect(bytes_of(s, plan) == piste("plan", os.path.join(s.data, "jobs", plan, "plan.yaml"), "--json", "-"), "an experiment")
        again = ask(c, "plan", drafts=[{"draft": "quick"}], measures=[{"measure": "wait_p90"}], days=4, seed=3)
        wait(c, again)
        code, compared = c.get(f"/api/plan/compare?a={plan}&b={again}")
        dbs = [os.path.join(s.data, "jobs", job, "plan.db") for job in (plan, again)]
        expect(code == 200 and compared == json.loads(piste("plan", "--compare", *dbs, "--json", "-")), code, compared)
        expect(c.get(f"/api/plan/compare?a={plan}&b={cap}")[0] == 404)
        scenarios = [x["scenario"] for x in json.loads(bytes_of(s, plan))["scenarios"]]
        expect(scenarios == ["today", "quick"], scenarios)


def test_large_resort(top):
    """Another resort, with a map: a draft without changes is the resort's own files, byte by byte."""
    with Server(top, resort=LARGE) as s:
        c = planner(s)
        job = ask(c, "day", guests=300)
        wait(c, job)
        for name in ("resort.yaml", "lifts.geojson", "runs.geojson"):
            with open(os.path.join(LARGE, name), "rb") as a, open(os.path.join(folder(s, job), name), "rb") as b:
                expect(a.read() == b.read(), name)
        expect(bytes_of(s, job) == piste("day", LARGE, "--guests", "300", "--json", "-"))
        # A change that means nothing: all of resort.yaml is written anew, and nothing of it is lost.
        expect(put(c, "same", 0, [change("note", "of no account")])[0] == 200)
        again = ask(c, "day", draft="same", guests=300)
        wait(c, again)
        with open(os.path.join(folder(s, again), "resort.yaml"), encoding="utf-8") as file:
            expect("of no account" in file.read())
        expect(bytes_of(s, again) == bytes_of(s, job), "a resort.yaml that was written anew")
        code, resort = c.get(f"/api/plan/jobs/{job}/resort.json")
        expect(code == 200 and len(resort["lifts"]) == 10, code)


# From the base to the middle station, as resort.yaml has them.
LINE = [{"lon_e7": 1272612059, "lat_e7": 390589023, "height_dm": 6514}, {"lon_e7": 1272558540, "lat_e7": 390551607, "height_dm": 7849}]


def test_a_drawn_lift(top):
    """A lift that was drawn: its numbers in the draft, its line on the map, and in the folder that the command line takes."""
    with Server(top, resort=LARGE) as s:
        c = planner(s)
        code, measured = c.post("/api/plan/measure", points=LINE)
        expect(code == 200 and measured["is_known"], measured)
        # 463 m to the west and 415 m to the south, with 133.5 m of rise: by hand 636 m.
        expect(6340 < measured["length_dm"] < 6380, measured)
        expect([p["height_dm"] for p in measured["points"]] == [6514, 7849] and measured["rise_dm"] == 1335, measured)
        code, one = c.post("/api/plan/measure", points=[{"lon_e7": 1272617256, "lat_e7": 390592626}])
        expect(one["points"][0]["height_dm"] == 6510 and one["length_dm"] == 0, "at a place its own height", one)
        changes = [change("lifts.new-quad", "{}"), change("lifts.new-quad.from", "base"), change("lifts.new-quad.to", "middle"),
                   change("lifts.new-quad.type", "chair-lift"), change("lifts.new-quad.seats", "4"), change("lifts.new-quad.interval", "6 s"),
                   change("lifts.new-quad.speed", "2.3 m/s"), change("lifts.new-quad.length", "636.4 m"), change("lifts.new-quad.vertical", "133.5 m"),
                   change("lifts.new-quad.name", "New: Quad #1 'x'"), change("lifts.new-quad.basis", "{length: 'assumed: drawn', vertical: 'assumed: heights nearby'}")]
        changes[9]["value"] = '"New: Quad #1 \'x\'"'
        code, draft = put(c, "lift", 0, changes, lines=[{"kind": "lift", "key": "new-quad", "points": LINE}])
        expect(code == 200 and draft["is_valid"] and draft["errors"] == [], draft.get("errors"))
        expect(not any("geojson" in f["message"] for f in draft["findings"]), "its line is known", draft["findings"])
        shown = next(x for x in draft["document"]["lifts"] if x["key"] == "new-quad")
        expect(shown["speed"] == "2.3 m/s" and shown["name"] == "New: Quad #1 'x'", shown)
        code, map_ = c.get("/api/plan/drafts/lift/map")
        lift = next(x for x in map_["lifts"] if x["key"] == "new-quad")
        expect(code == 200 and len(map_["lifts"]) == 11 and len(lift["line"]) == 2 and lift["length_m"] == 636.4, lift)
        job = ask(c, "day", draft="lift", guests=300)
        wait(c, job)
        expect(any(x["key"] == "new-quad" and x["rides"] > 0 for x in json.loads(bytes_of(s, job))["lifts"]), "people ride it")
        expect(bytes_of(s, job) == piste("day", folder(s, job), "--guests", "300", "--json", "-"))
        # The changes alone, in a plan of the command line, give the figures that the draft's own folder gives.
        code, text = c.get("/api/plan/drafts/lift/changes.yaml")
        expect(code == 200, text)
        head = "plan: 1\nname: x\nmeasures:\n  - {measure: rides_each}\nreplications: {minimum: 2, maximum: 2}\ndesign: scenarios\nscenarios:\n  - key: one\n"
        indented = "".join(f"      {line}\n" for line in text.decode().splitlines())
        means = []
        for name, more in (("a", f"    changes:\n{indented}"), ("b", "")):
            with open(os.path.join(top, f"{name}.yaml"), "w", encoding="utf-8") as file:
                file.write(f"resort: {LARGE if name == 'a' else folder(s, job)}\nvisits: 200\n" + head + more)
            means.append(json.loads(piste("plan", os.path.join(top, f"{name}.yaml"), "--json", "-"))["estimates"][0]["mean"])
        expect(means[0] == means[1], means)


def test_what_is_wrong_stands_at_its_field(top):
    with Server(top, resort=SMALL) as s:
        c = planner(s)
        changes = [change("lifts.badger.speed", "900 km/h"), change("lifts.new", "{}"), change("lifts.new.seats", "four"),
                   change("venues.nowhere.servers", "3"), change("hours", "16:00-09:00"), change("lifts.eagle.colour", "red"), change("cap", "1300")]
        code, draft = put(c, "wrong", 0, changes)
        expect(code == 200 and not draft["is_valid"], draft)
        told = {e["path"]: e["message"] for e in draft["errors"]}
        for path, word in (("lifts.badger.speed", "900 km/h, expected"), ("lifts.new.seats", "four, expected"), ("venues.nowhere.servers", "nowhere"),
                           ("hours", "16:00-09:00"), ("lifts.eagle.colour", "colour"), ("lifts.new.from", "missing"), ("lifts.new.to", "missing")):
            expect(word in told.get(path, ""), path, told)
        expect(draft["document"]["cap"] == "1300", "what can be done is done")
        code, answer = c.post("/api/plan/jobs", kind="day", title="x", draft="wrong", key=new())
        expect(code == 422 and "900 km/h" in json.dumps(answer), code, answer)
        expect(os.listdir(os.path.join(s.data, "jobs")) == [], "nothing is left of what could not be begun")
        code, answer = c.post("/api/plan/jobs", kind="cap", title="x", key=new(), where=[{"condition": "wait_p91<=10min"}])
        expect(code == 422 and "wait_p91" in json.dumps(answer), answer)
        code, answer = put(c, "twice", 0, [change("cap", "1"), change("cap", "2")])
        expect(code == 422 and "cap" in answer["message"], answer)
        for name in ("..", "UPPER", "today", "a" * 41, "%2e%2e"):
            expect(put(c, name, 0, [])[0] in (404, 422), name)
        # What a careful colleague would say of the draft and not of the resort as it is.
        code, draft = put(c, "odd", 0, [change("lifts.badger.speed", "0.3 m/s")])
        expect(draft["is_valid"] and any("badger" in f["subject"] for f in draft["findings"]), draft["findings"])
        expect(c.get("/api/plan/drafts/today")[1]["findings"] == [])


def test_two_planners(top):
    with Server(top, resort=SMALL) as s:
        ann, ben = planner(s, "ann"), planner(s, "ben")
        code, first = put(ann, "both", 0, [change("cap", "1000")])
        expect((code, first["revision"]) == (200, 1), first)
        expect(put(ben, "both", 0, [])[0] == 409, "a name that is taken")
        expect(put(ben, "both", 1, [change("cap", "1100")])[1]["revision"] == 2)
        code, answer = put(ann, "both", 1, [change("cap", "1200")])
        expect((code, answer["reason"]) == (409, "changed") and "ben" in answer["message"], answer)
        expect(ann.get("/api/plan/drafts/both")[1]["changes"][0]["value"] == "1100", "nothing of it was lost")
        # A lost answer: sent again with its key it is not a second writing.
        body = {"key": "again", "revision": 2, "title": "both", "changes": []}
        expect([ann.ask("PUT", "/api/plan/drafts/both", body)[1]["revision"] for _ in range(2)] == [3, 3])
        expect([d["name"] for d in ben.get("/api/plan/drafts")[1]["drafts"]] == ["both"])
        expect(ben.ask("DELETE", "/api/plan/drafts/both")[0] == 200 and ann.get("/api/plan/drafts/both")[0] == 404)
        expect(put(ann, "both", 3, [])[0] == 404, "it is gone")


def long_job(c, **more):
    """A cap that takes minutes."""
    return ask(c, "cap", where=[{"condition": "wait_p90<=10min"}], precision_permille=1, days_most=100000, inputs=True, **more)


def test_cancel_within_a_second(top):
    with Server(top, resort=LARGE) as s:
        c = planner(s)
        for make in (lambda: long_job(c), lambda: ask(c, "plan", drafts=[{"draft": "d"}], measures=[{"measure": "wait_p90"}], days=10000),
                     lambda: ask(c, "day", guests=100000), lambda: ask(c, "ccc", days=10000)):
            if c.get("/api/plan/drafts/d")[0] == 404:
                expect(put(c, "d", 0, [change("lifts.gondola.speed", "5 m/s")])[0] == 200)
            job = make()
            wait(c, job, ("running",))
            while wait(c, job, ("running",)).get("note", "") == "":
                time.sleep(0.02)
            began = time.monotonic()
            expect(c.post(f"/api/plan/jobs/{job}/cancel")[0] == 200)
            wait(c, job, ("cancelled",))
            took = time.monotonic() - began
            expect(took < 1, "seconds until it had ended", took)
            expect(c.get(f"/api/plan/jobs/{job}/result.json")[0] == 404)
            expect(c.ask("DELETE", f"/api/plan/jobs/{job}")[0] == 200)
        expect(os.listdir(os.path.join(s.data, "jobs")) == [])


def test_queue_and_asking_twice(top):
    with Server(top, resort=LARGE) as s:
        c = planner(s)
        running = [long_job(c) for _ in range(max(2, min(4, (os.cpu_count() or 1) // 2)))]
        for job in running:
            wait(c, job, ("running",))
        key = new()
        waiting = ask(c, "day", key=key, guests=200)
        expect(ask(c, "day", key=key, guests=200) == waiting and len(c.get("/api/plan/jobs")[1]["jobs"]) == len(running) + 1, "once")
        expect(c.get(f"/api/plan/jobs/{waiting}")[1]["state"] == "waiting", "there is a queue")
        expect(c.ask("DELETE", f"/api/plan/jobs/{running[0]}")[0] == 409, "what runs is not deleted")
        began = time.monotonic()
        expect(c.get("/api/mountain")[0] == 200 and c.get("/api/plan/drafts")[0] == 200)
        expect(time.monotonic() - began < 5, "the server answers meanwhile")
        c.post(f"/api/plan/jobs/{running[0]}/cancel")
        wait(c, waiting)
        for job in running[1:]:
            c.post(f"/api/plan/jobs/{job}/cancel")


def hear(s, client, lines):
    """Reads the stream until it tells that the mountain changed; every line goes to `lines`."""
    connection = http.client.HTTPConnection("127.0.0.1", s.port, timeout=60)
    connection.request("GET", "/api/live", headers={"Cookie": client.cookie})
    stream = connection.getresponse()
    lines.append("connected")
    for line in stream:
        lines.append(line.decode().strip())
        if lines[-1] == "event: mountain":
            break
    connection.close()


def test_progress_is_told_to_planners_alone(top):
    with Server(top, resort=SMALL) as s:
        c = planner(s)
        s.account("boss", "manager")
        s.account("till", "cashier gate auditor")
        boss, told = s.sign_in("boss"), ([], [])
        threads = [threading.Thread(target=hear, args=(s, client, lines)) for client, lines in zip((c, s.sign_in("till")), told)]
        for thread in threads:
            thread.start()
        while not all(told):
            time.sleep(0.01)
        job = ask(c, "day", guests=900)
        wait(c, job)
        boss.act("board", place="eagle", state="hold", note="wind")
        for thread in threads:
            thread.join(60)
        events = [json.loads(line[6:]) for before, line in zip(told[0], told[0][1:]) if before == "event: job"]
        expect([e["state"] for e in events][:1] == ["waiting"] and events[-1]["state"] == "done", events)
        shares = [e.get("permille", 0) for e in events if e["state"] == "running"]
        expect(shares == sorted(shares) and all(e["id"] == job and "asked" not in e for e in events), events)
        expect("event: job" not in told[1] and "event: mountain" in told[1], "a cashier", told[1])


def test_the_end_of_the_server_in_the_middle(top):
    """However it ends: told so afterwards, begun again with the same result, and what an experiment has is not lost."""
    for how, name in ((signal.SIGTERM, "told"), (signal.SIGKILL, "killed")):
        s = Server(top, resort=SMALL, name=name)
        c = planner(s)
        expect(put(c, "d", 0, [change("lifts.badger.speed", "x 1.5")])[0] == 200)
        plan = ask(c, "plan", drafts=[{"draft": "d"}], measures=[{"measure": "wait_p90"}], days=150, guests=900)
        done = ask(c, "day", guests=50)
        wait(c, done)
        while int((wait(c, plan, ("running",)).get("note") or "0/1").split("/")[0]) < 5:
            time.sleep(0.01)
        s.stop(how)
        s.start()
        c = s.sign_in("ann")
        states = {j["id"]: j["state"] for j in c.get("/api/plan/jobs")[1]["jobs"]}
        expect(states == {plan: "interrupted", done: "done"}, states)
        expect(len(result(c, done)["lifts"]) > 0)
        expect(c.post(f"/api/plan/jobs/{plan}/again")[0] == 200)
        wait(c, plan)
        expect(bytes_of(s, plan) == piste("plan", os.path.join(s.data, "jobs", plan, "plan.yaml"), "--json", "-"), "as if nothing had been")
        expect(s.stop() == 0)


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
