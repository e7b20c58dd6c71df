#!/usr/bin/env python3
"""test/serve/gates.py - what a server does with the logs of gates, and with the passes of orders.

    gates.py PISTE     the desk is a file, or the PostgreSQL database that PISTE_TEST_DATABASE names

The gates are real gates' folders, whose logs are sent as a browser sends them.
"""
import datetime
import hashlib
import json
import os
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from server import DATABASE, PISTE, Client, Server, expect  # noqa: E402

HEADER, RECORD = 32, 120
# Of Masikryong: its business day ends at 01:00 of UTC+9.
TODAY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date()


def run(*words, codes=(0,)):
    done = subprocess.run([PISTE, *words], capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL)
    expect(done.returncode in codes, words, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def part(log, first, last=None):
    """A log's header, and its records from `first` (1, 2, ...) to `last`."""
    return log[:HEADER] + log[HEADER + (first - 1) * RECORD:len(log) if last is None else HEADER + last * RECORD]


def version_of(documents):
    return int(documents["lists"].split('"version":')[1].split(",")[0])


class Gates(Server):
    """Two orders are sold; two gates, `at` and g0 and g1, know what was published of them."""

    def __init__(self, top):
        super().__init__(top, "--quiet")
        self.top = top
        self.published = os.path.join(self.data, "published")
        self.load()
        self.beside("open", f"date={TODAY}")
        for name, roles in (("gate", "gate"), ("boss", "manager"), ("till", "cashier")):
            self.account(name, roles)
        self.beside("cap", f"from={TODAY}", f"until={TODAY + datetime.timedelta(days=10)}", "capacity=1000")
        self.beside("drawer-open", "drawer=till", "cashier=till")
        self.orders = [self.sold("day-pass", "day-pass", "dinner"), self.sold("three-days")]
        self.boss, self.till, self.gate = self.sign_in("boss"), self.sign_in("till"), self.sign_in("gate")
        self.tokens = [p["token"] for p in self.passes(0)]
        self.at = [self.make_gate(i, e)["gate"] for i, e in enumerate(("gondola", "platter"))]
        self.documents = self.asked("/api/gates/documents")
        for i, e in enumerate(("gondola", "platter")):
            run("gate", "make", os.path.join(top, f"g{i}"), self.published, "--number", str(self.at[i]), "--at", e)

    def beside(self, *words):
        """An act of the desk, beside the server."""
        return json.loads(self.desk(*words))

    def sold(self, *positions):
        words = [w for p in positions for w in (f"positions.product={p}", "positions.class=abroad")]
        return self.beside("order", *words, "payments.tender=cash", "payments.drawer=till")["order"]

    def passes(self, order):
        code, answer = self.till.get(f"/api/orders/{self.orders[order]}/passes")
        expect(code == 200, code, answer)
        return answer["passes"]

    def make_gate(self, number, entrance):
        code, answer = self.gate.post("/api/gates", key=f"gate-{number}", name=f"gate {number}", entrance=entrance)
        expect(code == 200, code, answer)
        return answer

    def asked(self, path, client=None):
        code, answer = (client or self.gate).get(path)
        expect(code == 200, path, code, answer)
        return answer

    def judge(self, gate, *tokens):
        """What a gate says to each of the tokens that are shown to it."""
        done = subprocess.run([PISTE, "gate", "judge", os.path.join(self.top, gate), "-", "--json", "-"], text=True, timeout=60,
                              input="".join(t + "\n" for t in tokens), capture_output=True, check=False)
        return [json.loads(line)["reason"] for line in done.stdout.splitlines()]

    def log_of(self, gate):
        with open(os.path.join(self.top, gate, "log"), "rb") as file:
            return file.read()

    def kept(self, log):
        return os.path.join(self.data, "gates", log[16:24].hex() + ".log")

    def send(self, gate, body, client=None):
        return (client or self.gate).ask("POST", f"/api/gates/{self.at[gate]}/log", body, {"Content-Type": "application/octet-stream"}, raw=True)

    def must_take(self, gate, body, have, added):
        answer = self.send(gate, body)
        expect(answer == (200, {"have": have, "added": added}), answer, have, added)

    def audit(self):
        run("audit", "--db", self.db)


def test_passes_of_orders(top):
    with Gates(top) as s:
        first = s.passes(0)
        expect([p["position"] for p in first] == [1, 2], "one for each position that opens something", first)
        expect(s.passes(0) == first, "asked again, they are the same")
        held = s.beside("order", "positions.product=day-pass", "positions.class=abroad")["order"]
        for order in (held, 999999):
            code, answer = s.till.get(f"/api/orders/{order}/passes")
            expect(400 <= code < 500, "an unpaid order and none have no pass", order, code, answer)
        expect(s.till.get(f"/api/passes?token={s.tokens[1]}")[1] == {"order": s.orders[0], "position": 2})
        for token in (s.tokens[1][:-4] + "AAAA", "nothing"):
            expect(s.till.get(f"/api/passes?token={token}")[0] == 404, "what is no pass is not found", token)
        s.audit()


def test_what_was_cancelled_opens_no_more(top):
    with Gates(top) as s:
        first = s.passes(0)
        s.beside("cancel", f"order={s.orders[0]}", "positions.position=1", "drawer=till")
        newer = s.asked(f"/api/gates/documents?version={version_of(s.documents)}")
        expect("lists" in newer and first[0]["pass"] in newer["lists"], "newer lists are published", newer)
        expect(first[1]["pass"] not in newer["lists"].split('"known"')[0], newer["lists"])
        run("gate", "update", os.path.join(top, "g1"), s.published)
        expect(s.judge("g1", s.tokens[0]) == ["revoked"])
        version = version_of(newer)
        expect(set(s.asked(f"/api/gates/documents?version={version}")) == {"at_ms"}, "lists that a gate has are not sent again")
        office = os.path.join(s.data, "office")
        run("pass", "revoke", office, first[1]["pass"])
        run("pass", "publish", office, s.published)
        newest = s.asked(f"/api/gates/documents?version={version}")
        expect(first[1]["pass"] in newest.get("lists", ""), "what was published by hand is given to gates, too", newest)
        expect([p["token"] for p in s.passes(0)] == [s.tokens[1]], "the rest of the order keeps its pass")
        s.beside("move", f"order={s.orders[0]}", "positions.position=2", "to.product=half-day", "to.class=abroad", "drawer=till")
        moved = s.passes(0)
        expect(len(moved) == 1 and moved[0]["token"] not in s.tokens and "each day" in moved[0]["valid"], "what was moved has another", moved)
        s.passes(1)  # issues them
        s.beside("pass-revoke", f"order={s.orders[1]}", "why=found in other hands")
        expect([(p["token"], p["is_revoked"]) for p in s.passes(1)] == [("", True)], "what was taken back is shown so", s.passes(1))
        s.audit()


def test_each_gate_has_a_number(top):
    with Gates(top) as s:
        expect(s.at[0] != s.at[1] and s.make_gate(0, "gondola")["gate"] == s.at[0], "the same request makes one", s.at)


def test_a_log_is_taken_once_and_as_it_is(top):
    with Gates(top) as s:
        expect(s.judge("g0", *s.tokens, s.tokens[0][:-1]) == ["open", "open", "unreadable"])
        log = s.log_of("g0")
        s.must_take(0, log, 3, 3)
        s.must_take(0, log, 3, 0)  # again
        s.judge("g0", s.tokens[0])
        s.judge("g0", "nothing")
        log = s.log_of("g0")
        code, answer = s.send(0, part(log, 5))
        expect((code, answer["reason"], answer["have"]) == (409, "gap", 3), "what does not follow is refused", answer)
        s.must_take(0, part(log, 2), 5, 2)  # an overlap
        s.must_take(0, part(log, 2, 3), 5, 0)
        s.must_take(0, log[:HEADER], 5, 0)  # its header alone tells what is here
        changed = bytearray(log)
        changed[HEADER + 40] ^= 1
        expect(s.send(0, bytes(changed))[1]["reason"] == "fork", "a record that was changed")
        expect(s.send(1, log)[1]["reason"] == "other_gate")
        for length in (0, 5, HEADER - 1, HEADER + 1, HEADER + RECORD - 1, HEADER + RECORD + 1):
            code, answer = s.send(0, log[:length])
            expect(code == 422 and answer["reason"] == "damaged", length, answer)
        noise = os.urandom(24)
        expect(s.send(0, log[:16] + noise[:8] + log[24:32] + noise * 5)[0] in (409, 422), "noise")
        s.audit()


def test_nothing_that_was_answered_is_lost(top):
    s = Gates(top)
    expect(s.judge("g0", *s.tokens) == ["open", "open"])
    log = s.log_of("g0")
    s.must_take(0, log, 2, 2)
    s.stop(signal.SIGKILL)
    with open(s.kept(log), "ab") as torn:
        torn.write(b"PL" + bytes(50))  # as a power cut leaves it
    s.start()
    with s:
        s.gate = s.sign_in("gate")
        s.must_take(0, log[:HEADER], 2, 0)
        s.judge("g0", s.tokens[1])
        log = s.log_of("g0")
        s.must_take(0, part(log, 3), 3, 1)
        with open(s.kept(log), "rb") as kept:
            expect(kept.read() == log, "the log that is kept is the gate's, byte for byte")
        s.audit()


def test_all_gates_together(top):
    with Gates(top) as s:
        s.judge("g0", *s.tokens, s.tokens[0][:-1])
        s.judge("g1", s.tokens[1])
        log = s.log_of("g0")
        s.must_take(0, log, 3, 3)
        s.must_take(1, s.log_of("g1"), 1, 1)
        gates = s.asked("/api/gates")
        counts = {g["gate"]: (g["today"], g["recent"], g["refused"]) for g in gates["gates"]}
        expect(counts == {s.at[0]: (2, 2, 1), s.at[1]: (1, 1, 0)}, gates["gates"])
        expect({e["entrance"]: e["today"] for e in gates["entrances"] if e["today"]} == {"gondola": 2, "platter": 1}, gates["entrances"])
        findings = s.asked("/api/gates/findings", s.boss)
        found = [(f["kind"], f["order"], f["position"], {(f[x]["entrance"], f[x]["name"]) for x in ("first", "second")}) for f in findings["findings"]]
        expect(found == [("twice", s.orders[0], 2, {("gondola", "Gondola"), ("platter", "Platter")})], "who was let in twice", findings)
        expect("3" in run("gate", "merge", os.path.join(top, "all"), s.kept(log), "--published", s.published, codes=(0, 10)))
        s.audit()


def write_log(name, gate, records):
    """A log of (kind, seconds, entrance, body) as a gate would have written it."""
    head = b"piste-gate-log 1" + name.to_bytes(8, "big") + gate.to_bytes(4, "big") + bytes(4)
    chain, parts = hashlib.blake2b(head, digest_size=16).digest(), [head]
    for sequence, (kind, at_s, entrance, body) in enumerate(records, 1):
        contents = struct.pack(">2sBBBBHQQIIqqqQq32s", b"PL", 1, kind, 0, 0, entrance, name, sequence, gate, 0, at_s, at_s, 0, 7, 1, body)
        chain = hashlib.blake2b(contents, digest_size=16, key=chain).digest()
        parts += [contents, chain]
    return b"".join(parts)


def test_logs_of_the_past_and_long_ones(top):
    with Gates(top) as s:
        now = int(time.time())
        for gate in ("g0", "g1"):
            expect(s.judge(gate, s.tokens[1]) == ["open"])
        first, second = (s.log_of(gate)[HEADER:HEADER + RECORD] for gate in ("g0", "g1"))

        def twice(at_s):  # one pass at two entrances within a minute
            return [(1, at_s + 9 * i, int.from_bytes(record[6:8], "big"), first[72:104]) for i, record in enumerate((first, second))]

        def keep(name, records):
            log = write_log(name, s.at[0], records)
            with open(s.kept(log), "wb") as file:
                file.write(log)

        def found():
            return s.asked("/api/gates/findings", s.boss)["count"]

        before = found()
        keep(5, twice(now - 801 * 86400))
        expect(found() == before, "a log of passes that count no more is read")
        keep(6, twice(now - 799 * 86400))
        expect(found() > before, "one that is younger is not")
        long = write_log(7, s.at[0], [(2, now, 0, bytes(32))] * ((64 << 20) // RECORD + 1))
        with open(s.kept(long), "wb") as file:
            file.write(long[:-2 * RECORD])
        records = (len(long) - HEADER) // RECORD
        s.must_take(0, part(long, records - 1, records - 1), records - 1, 1)
        answer = s.send(0, part(long, records))
        expect(answer == (200, {"have": records, "added": 1, "is_long": True}), "its gate is told to go on in another", answer)


def test_two_servers_have_one_log(top):
    """A gate that sends to another server goes on with what that log has; each of them counts and finds the same."""
    with Gates(top) as s:
        if not DATABASE:
            return "SKIP two servers need PostgreSQL"
        with Server(top, "--quiet", fresh=False) as other:
            there = other.client()
            there.cookie, there.proof = s.gate.cookie, s.gate.proof
            s.judge("g0", *s.tokens)
            s.must_take(0, s.log_of("g0"), 2, 2)
            s.judge("g0", s.tokens[0])
            expect(s.send(0, part(s.log_of("g0"), 3), there) == (200, {"have": 3, "added": 1}), "it follows")
            s.judge("g0", *s.tokens)
            s.must_take(0, part(s.log_of("g0"), 4), 5, 2)
            with open(s.kept(s.log_of("g0")), "rb") as kept:
                expect(kept.read() == s.log_of("g0"), "byte for byte")
            s.judge("g1", s.tokens[1])
            expect(s.send(1, s.log_of("g1"), there)[1] == {"have": 1, "added": 1})
            for client in (s.boss, Client(other.port)):
                client.cookie = s.boss.cookie
                found = s.asked("/api/gates/findings", client)["findings"]
                expect("twice" in [f["kind"] for f in found] and any(f["position"] == 2 for f in found), found)
                expect([g["today"] for g in s.asked("/api/gates", client)["gates"]] == [2, 1], s.asked("/api/gates", client))
    return None


def test_who_may(top):
    with Gates(top) as s:
        log = s.log_of("g0")
        for path in ("/api/gates", "/api/gates/findings", "/api/gates/documents"):
            expect(s.till.get(path)[0] == 403, path)
        expect(s.gate.get("/api/gates/findings")[0] == 403, "a gate is not told what was found")
        expect(s.send(0, log, s.till)[0] == 403)
        s.gate.proof = "0" * 32
        expect(s.send(0, log)[0] == 403, "without the page's proof")


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
