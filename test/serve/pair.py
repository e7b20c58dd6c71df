#!/usr/bin/env python3
"""test/serve/pair.py - two servers on one desk and one data folder.

    pair.py PISTE     on the PostgreSQL database that PISTE_TEST_DATABASE names; skipped without one
"""
import contextlib
import http.client
import json
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from server import DATABASE, PASSWORD, PISTE, Client, Server, expect  # noqa: E402

DAY = "2026-12-10"


@contextlib.contextmanager
def pair(top):
    with Server(top, "--quiet") as a:
        a.load()
        a.desk("open", "date=2026-12-05", "--key", "open-day")
        with Server(top, "--quiet", fresh=False) as b:
            yield a, b


def at(server, client):
    """The same browser, at another server."""
    there = Client(server.port)
    there.cookie, there.proof = client.cookie, client.proof
    return there


def cap(server, capacity, date=DAY):
    server.desk("cap", f"from={date}", f"until={date}", f"capacity={capacity}", "--key", secrets.token_hex(8))


def audit(server):
    subprocess.run([PISTE, "audit", "--db", server.db], check=True, stdout=subprocess.DEVNULL)


def taken(server, date=DAY):
    return json.loads(server.desk("free", "resource=visit", f"slot={date}"))["slots"][0]["taken"]


def order(server, own=None, date=DAY):
    return server.client().post("/api/shop/orders", code=own or secrets.token_hex(16),
                                positions=[{"product": "day-pass", "class": "abroad", "date": date}])


def together(*works):
    """Runs all at one time; what each of them returned."""
    found, gate = [None] * len(works), threading.Barrier(len(works))

    def one(i):
        gate.wait()
        found[i] = works[i]()

    threads = [threading.Thread(target=one, args=(i,)) for i in range(len(works))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return found


class Ear:
    """Who listens to a server; next(name) is the next event of that name."""

    def __init__(self, client):
        self.connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
        self.connection.request("GET", "/api/live", headers={"Cookie": client.cookie} if client.cookie else {})
        self.answer = self.connection.getresponse()
        self.heard = queue.Queue()
        threading.Thread(target=self.hear, daemon=True).start()

    def hear(self):
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            for line in self.answer:
                if line.startswith(b"event: "):
                    self.heard.put(line[7:].decode().strip())

    def next(self, name):
        while self.heard.get(timeout=20) != name:
            pass


def test_the_last_place(top):
    """One guest at each server wants it: one of them gets it, the other one is told why not; again and again."""
    won = {"a": 0, "b": 0}
    with pair(top) as (a, b):
        for i in range(1, 21):
            cap(a, i)
            answers = together(lambda: order(a), lambda: order(b))
            codes = [code for code, _ in answers]
            expect(sorted(codes) == [200, 409], answers)
            expect(answers[codes.index(409)][1]["reason"] == "sold_out", answers)
            expect(taken(a) == i and taken(b) == i, i, taken(a))
            won["ab"[codes.index(200)]] += 1
        audit(a)
    return f"{won['a']} times the one, {won['b']} times the other"


def test_the_same_order_at_both(top):
    """A page that lost its answer asks the other server with the same code: one order, one place."""
    with pair(top) as (a, b):
        cap(a, 100)
        for i in range(1, 11):
            own = secrets.token_hex(16)
            answers = together(lambda own=own: order(a, own), lambda own=own: order(b, own))
            expect({code for code, _ in answers} == {200}, answers)
            expect(answers[0][1]["order"] == answers[1][1]["order"], answers)
            expect(taken(b) == i)
            number = answers[0][1]["order"]
            seen = [s.client().post(f"/api/shop/orders/{number}", code=own) for s in (a, b)]
            expect(seen[0][1]["total"] == seen[1][1]["total"] and seen[0][0] == seen[1][0] == 200, seen)


def test_sessions(top):
    """A session is valid at both, over at both, and ended with its account at both; tries at both are counted together."""
    with pair(top) as (a, b):
        for name, role in (("anna", "manager"), ("till", "cashier"), ("lost", "cashier")):
            a.account(name, role)
        anna, till = a.sign_in("anna"), b.sign_in("till")
        expect(at(b, anna).get("/api/session")[1]["account"] == "anna")
        expect(at(a, till).question("free", resource="visit", slot=DAY))
        expect(at(b, anna).ask("DELETE", "/api/session")[0] == 200)
        expect(anna.post("/api/desk/free", resource="visit", slot=DAY)[0] == 401, "signed out at the other")
        a.desk("account-end", "name=till", "--key", "end-till")
        expect([at(s, till).post("/api/desk/free", resource="visit", slot=DAY)[0] for s in (a, b)] == [401, 401], "its account has ended")
        for i in range(10):
            expect((a, b)[i % 2].client().post("/api/session", name="lost", password="wrong wrong wrong")[1]["reason"] == "wrong")
        for s in (a, b):
            expect(s.client().post("/api/session", name="lost", password=PASSWORD)[1]["reason"] == "locked", "five tries at each")


def test_two_people_at_two_servers(top):
    with pair(top) as (a, b):
        a.account("anna", "manager")
        a.account("boris", "manager")
        anna, boris = a.sign_in("anna"), b.sign_in("boris")
        fields = {"key": "c1", "from": DAY, "capacity": 77}
        code, answer = anna.post("/api/desk/cap", **fields)
        expect(code == 202, code, answer)
        number = answer["proposal"]
        expect(at(b, anna).post("/api/desk/cap", **fields)[1]["proposal"] == number, "sent again, to the other")
        expect(at(b, anna).post(f"/api/proposals/{number}/agree")[1]["reason"] == "same_person")
        answers = together(lambda: boris.post(f"/api/proposals/{number}/agree"), lambda: at(a, boris).post(f"/api/proposals/{number}/agree"))
        expect([code for code, _ in answers] == [200, 200], answers)
        expect(a.client().get(f"/api/shop/calendar?product=day-pass&from={DAY}&until={DAY}")[1]["days"][0]["free"] == 77)
        entries = [e for e in anna.question("entries", count=100)["entries"] if e["act"] == "cap"]
        expect(len([e for e in entries if e["who"] in ("anna", "boris")]) == 1, "carried out once", entries)


def test_events_cross(top):
    """What is done at one server is told by the other: what is open, what is free again, what waits for a second person."""
    with pair(top) as (a, b):
        for name in ("anna", "boris"):
            a.account(name, "manager")
        cap(a, 10)
        browsers = {"a": a.sign_in("anna"), "b": b.sign_in("boris")}
        for here, there in (("a", "b"), ("b", "a")):
            boss, server = browsers[here], {"a": a, "b": b}[here]
            guest, manager = Ear({"a": a, "b": b}[there].client()), Ear(browsers[there])
            boss.act("board", place="gondola", state="hold", note=f"said at {here}")
            guest.next("mountain")
            gondola = browsers[there].get("/api/mountain")[1]["lifts"][0]
            expect((gondola["key"], gondola["state"], gondola["note"]) == ("gondola", "hold", f"said at {here}"), gondola)
            own = secrets.token_hex(16)
            number = order(server, own)[1]["order"]
            code, answer = server.client().post(f"/api/shop/orders/{number}/cancel", code=own, key="x")
            expect(code == 200, code, answer)
            guest.next("free")
            expect(boss.post("/api/desk/cap", key=f"cap-{here}", **{"from": DAY}, capacity=5)[0] == 202)
            manager.next("proposals")


def test_one_is_killed(top):
    """In the midst of orders at both: the other one goes on, nothing that was answered is lost or sold twice."""
    with pair(top) as (a, b):
        a.account("anna", "manager")
        anna = a.sign_in("anna")
        cap(a, 1000)
        sold, failed = [], []
        enough, killed = threading.Event(), threading.Event()

        def sell(server, mine):
            for _ in range(60):
                own = secrets.token_hex(16)
                try:
                    code, answer = order(server, own)
                except (OSError, http.client.HTTPException):
                    failed.append(own)  # it may have happened
                    return
                expect(code == 200, code, answer)
                sold.append((answer["order"], own, killed.is_set()))
                mine.append(own)
                if len(sold) > 40:
                    enough.set()

        mine = {"a": [], "b": []}
        threads = [threading.Thread(target=sell, args=(s, mine[n])) for n, s in (("a", a), ("a", a), ("b", b), ("b", b))]
        for t in threads:
            t.start()
        expect(enough.wait(60), "no orders", len(sold))
        a.process.send_signal(signal.SIGKILL)
        a.process.wait()
        killed.set()
        for t in threads:
            t.join()
        expect(len(mine["b"]) == 120 and failed, "the other one did not go on", len(mine["b"]), len(failed))
        expect(any(after for _, _, after in sold), "nothing was sold after it")
        for number, own, _ in sold:
            code, answer = b.client().post(f"/api/shop/orders/{number}", code=own)
            expect(code == 200 and answer["state"] == "held", number, code, answer)
        for own in list(failed):  # asked again at the other, it is done once
            code, answer = order(b, own)
            expect(code == 200, answer)
            sold.append((answer["order"], own, True))
        expect(len({number for number, _, _ in sold}) == len(sold) == taken(b), len(sold), taken(b))
        expect(at(b, anna).get("/api/session")[1]["account"] == "anna", "its sessions live on")
        a.process.stdout.close()
        a.start()
        expect(at(a, anna).get("/api/session")[1]["account"] == "anna")
        expect(order(a)[0] == 200)
        audit(a)
    return f"{len(sold)} orders, {len(failed)} without an answer"


def test_one_works_on_plans(top):
    """The one that came first; the other one says so, and takes them over when the first one has ended."""
    with pair(top) as (a, b):
        a.account("ann", "planner")
        ann = a.sign_in("ann")
        there = at(b, ann)
        draft = {"key": "k", "revision": 0, "title": "wide", "changes": []}
        expect(ann.ask("PUT", "/api/plan/drafts/wide", draft)[0] == 200)
        expect(there.get("/api/plan/drafts/wide")[1]["title"] == "wide", "it can be read there")
        job = {"key": "day-1", "kind": "day", "title": "a day", "guests": 50}
        expect(ann.post("/api/plan/jobs", **job)[0] == 200)
        for method, path, body in (("GET", "/api/plan/jobs", None), ("POST", "/api/plan/jobs", {**job, "key": "day-2"}),
                                   ("POST", "/api/plan/jobs/day-1/cancel", {}), ("POST", "/api/plan/jobs/day-1/again", {}),
                                   ("DELETE", "/api/plan/jobs/day-1", None), ("GET", "/api/plan/jobs/day-1/result.json", None),
                                   ("PUT", "/api/plan/drafts/wide", {**draft, "revision": 1}), ("DELETE", "/api/plan/drafts/wide", None)):
            code, answer = there.ask(method, path, body)
            expect((code, answer["reason"]) == (409, "elsewhere"), method, path, code, answer)
        expect([j["id"] for j in ann.get("/api/plan/jobs")[1]["jobs"]] == ["day-1"])
        a.stop(signal.SIGKILL)
        expect([j["id"] for j in there.get("/api/plan/jobs")[1]["jobs"]] == ["day-1"], "taken over")
        expect(there.ask("PUT", "/api/plan/drafts/wide", {**draft, "key": "k2", "revision": 1})[0] == 200)
        expect(there.post("/api/plan/jobs/day-1/cancel")[0] == 200)
        a.start()
        expect(at(a, ann).get("/api/plan/jobs")[0] == 409, "they stay there")


def test_another_data_folder(top):
    """The keys of people's data are in one vault: a server without it does not start, makes none, and says what it wants."""

    def refused(name, *why):
        try:
            Server(top, "--quiet", name=name, fresh=False)
        except AssertionError as error:
            expect(all(w in str(error) for w in ("share one data folder", "PISTE_DATA", *why)), error)
        else:
            raise AssertionError("it started")

    with Server(top, "--quiet") as a:
        for _ in range(2):  # what the first left makes the second no better
            refused("elsewhere", "there is no vault")
            expect(not os.path.exists(os.path.join(top, "elsewhere", "vault")), os.listdir(os.path.join(top, "elsewhere")))
        other = os.path.join(top, "other")  # a desk of its own, with its vault
        alone = subprocess.Popen([PISTE, "serve", a.resort, "--port", "0", "--data", other, "--quiet"], stdout=subprocess.PIPE, text=True)
        expect(alone.stdout.readline().startswith("http://"))
        alone.terminate()
        alone.wait(timeout=60)
        alone.stdout.close()
        refused("other", "is a vault of another desk")
        expect(a.client().get("/api/health")[0] == 200)
        with Server(top, "--quiet", fresh=False) as b:  # the right folder
            expect(b.client().get("/api/health")[0] == 200)


if __name__ == "__main__":
    if not DATABASE:
        print("1..0 # SKIP no PISTE_TEST_DATABASE")
        sys.exit(0)
    sys.exit(tap.run(globals()))
