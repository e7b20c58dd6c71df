#!/usr/bin/env python3
"""test/serve/gates.py - what a server does with the logs of gates, and with the passes of orders. Speaks TAP.

    gates.py PISTE

A real server on a desk of its own; the gates are real gates' folders, whose logs are sent as a browser sends them.
"""
import datetime
import hashlib
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

piste = os.path.abspath(sys.argv[1])
root = os.environ.get("PISTE_ROOT", os.getcwd())
top = tempfile.TemporaryDirectory(prefix="piste-gates-")
data = os.path.join(top.name, "data")
resort = os.path.join(root, "resorts/masikryong")
HEADER, RECORD = 32, 120
# Of Masikryong: its business day ends at 01:00 of UTC+9.
today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date().isoformat()
number = failed = 0


def run(*words, code=0):
    done = subprocess.run([piste, *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == code, f"piste {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def desk(*words):
    return json.loads(run("desk", *words, "--db", os.path.join(data, "desk.db"), "--json"))


class Server:
    def __init__(self):
        self.process = subprocess.Popen([piste, "serve", resort, "--port", "0", "--data", data, "--quiet", "--rate", "0"],
                                        stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip().rstrip("/")
        assert self.url.startswith("http://"), self.url
        self.cookie = self.proof = ""

    def ask(self, method, path, body=None, kind="application/json"):
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        request.add_header("Content-Type", kind)
        request.add_header("Cookie", self.cookie)
        request.add_header("X-Piste", self.proof)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                if answer.headers["Set-Cookie"]:
                    self.cookie = answer.headers["Set-Cookie"].split(";")[0]
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def sign_in(self, name):
        code, answer = self.ask("POST", "/api/session", {"name": name, "password": "a-long-password"})
        assert code == 200, answer
        self.proof = answer["proof"]

    def send(self, gate, body):
        return self.ask("POST", f"/api/gates/{gate}/log", body, "application/octet-stream")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        assert self.process.wait(30) == 0


def check(name, well, why=""):
    global number, failed
    number += 1
    failed += not well
    if not well:
        print(f"# {why}".replace("\n", "\n# "))
    print(f"{'ok' if well else 'not ok'} {number} - {name}", flush=True)


def sold(*positions):
    words = [w for p in positions for w in (f"positions.product={p}", "positions.class=abroad")]
    return desk("order", *words, "payments.tender=cash", "payments.drawer=till")["order"]


def log_of(gate):
    with open(os.path.join(top.name, gate, "log"), "rb") as file:
        return file.read()


def part(log, first, last=None):  # its header, and records from `first` (1, 2, ...) to `last`
    return log[:HEADER] + log[HEADER + (first - 1) * RECORD:len(log) if last is None else HEADER + last * RECORD]


def judge(gate, *tokens):
    lines = "".join(t + "\n" for t in tokens)
    done = subprocess.run([piste, "gate", "judge", os.path.join(top.name, gate), "-", "--json", "-"], input=lines, capture_output=True,
                          text=True, timeout=60)
    return [json.loads(line)["reason"] for line in done.stdout.splitlines()]


os.mkdir(data)
run("desk", "load", resort, "--db", os.path.join(data, "desk.db"))
desk("open", f"date={today}")
for name, roles in (("gate", "gate"), ("boss", "manager"), ("till", "cashier")):
    desk("account", f"name={name}", "password=a-long-password", f"roles={roles}")
later = (datetime.date.fromisoformat(today) + datetime.timedelta(days=10)).isoformat()
desk("cap", f"from={today}", f"until={later}", "capacity=1000")
desk("drawer-open", "drawer=till", "cashier=till")
orders = [sold("day-pass", "day-pass", "dinner"), sold("three-days")]

# ---- passes of orders ------------------------------------------------------------------------------------------------
server = Server()
server.sign_in("till")
code, first = server.ask("GET", f"/api/orders/{orders[0]}/passes")
check("a sold order has a pass for each position that opens something", code == 200 and [p["position"] for p in first["passes"]] == [1, 2], first)
check("asked again, they are the same", server.ask("GET", f"/api/orders/{orders[0]}/passes")[1] == first)
tokens = [p["token"] for p in first["passes"]]
held = desk("order", "positions.product=day-pass", "positions.class=abroad")["order"]
code, answer = server.ask("GET", f"/api/orders/{held}/passes")
check("an unpaid order has none", code >= 400, answer)
check("an order that is not there has none", server.ask("GET", "/api/orders/999999/passes")[0] >= 400)
check("a pass is found by its code", server.ask("GET", f"/api/passes?token={tokens[1]}")[1] == {"order": orders[0], "position": 2})
check("what is no pass is not found", server.ask("GET", f"/api/passes?token={tokens[1][:-4]}AAAA")[0] in (200, 404) and
      server.ask("GET", "/api/passes?token=nothing")[0] == 404)

# ---- gates ------------------------------------------------------------------------------------------------------------------
server.sign_in("gate")
made = [server.ask("POST", "/api/gates", {"key": f"gate-{i}", "name": f"gate {i}", "entrance": e})[1]["gate"]
        for i, e in enumerate(["gondola", "platter"])]
again = server.ask("POST", "/api/gates", {"key": "gate-0", "name": "gate 0", "entrance": "gondola"})[1]["gate"]
check("each gate has a number, and the same request makes one", made[0] != made[1] and again == made[0], made)
code, documents = server.ask("GET", "/api/gates/documents")
published = os.path.join(data, "published")
for i, e in enumerate(["gondola", "platter"]):
    run("gate", "make", os.path.join(top.name, f"g{i}"), published, "--number", str(made[i]), "--at", e)
check("gates take what is published, and open for a pass that was sold", judge("g0", *tokens, tokens[0][:-1]) == ["open", "open", "unreadable"])
log = log_of("g0")
check("a log is taken", server.send(made[0], log) == (200, {"have": 3, "added": 3}))
check("sent again, nothing is added", server.send(made[0], log) == (200, {"have": 3, "added": 0}))
judge("g0", tokens[0])
judge("g0", "nothing")
log = log_of("g0")
code, answer = server.send(made[0], part(log, 5))
check("what does not follow is refused, and what is here is told", (code, answer["reason"], answer["have"]) == (409, "gap", 3), answer)
check("records that overlap are taken once", server.send(made[0], part(log, 2)) == (200, {"have": 5, "added": 2}))
check("part of it sent again is nothing", server.send(made[0], part(log, 2, 3)) == (200, {"have": 5, "added": 0}))
check("its header alone tells what is here", server.send(made[0], log[:HEADER]) == (200, {"have": 5, "added": 0}))
changed = bytearray(log)
changed[HEADER + 40] ^= 1
check("a record that was changed is refused", server.send(made[0], bytes(changed))[1]["reason"] == "fork")
check("another gate's log is refused", server.send(made[1], log)[1]["reason"] == "other_gate")
for length in (0, 5, HEADER - 1, HEADER + 1, HEADER + RECORD - 1, HEADER + RECORD + 1):
    code, answer = server.send(made[0], log[:length])
    check(f"{length} bytes are no log", code == 422 and answer["reason"] == "damaged", answer)
noise = os.urandom(24)
check("a log of noise is refused", server.send(made[0], log[:16] + noise[:8] + log[24:32] + noise * 5)[0] in (409, 422))

# ---- nothing that was answered is lost ---------------------------------------------------------------------------------------
judge("g0", *tokens)
log = log_of("g0")
check("more is taken", server.send(made[0], part(log, 6)) == (200, {"have": 7, "added": 2}))
server.kill()
with open(os.path.join(data, "gates", log[16:24].hex() + ".log"), "ab") as torn:
    torn.write(b"PL" + bytes(50))  # as a power cut leaves it
server = Server()
server.sign_in("gate")
check("after the server was killed all of it is there", server.send(made[0], log[:HEADER]) == (200, {"have": 7, "added": 0}))
judge("g0", tokens[1])
log = log_of("g0")
check("and it goes on", server.send(made[0], part(log, 8)) == (200, {"have": 8, "added": 1}))
with open(os.path.join(data, "gates", log[16:24].hex() + ".log"), "rb") as kept:
    check("the log that is kept is the gate's, byte for byte", kept.read() == log)

# ---- all of them together ------------------------------------------------------------------------------------------------------
judge("g1", tokens[1])
server.send(made[1], log_of("g1"))
code, gates = server.ask("GET", "/api/gates")
counts = {g["gate"]: (g["today"], g["recent"], g["refused"]) for g in gates["gates"]}
check("admissions are counted for each gate", counts == {made[0]: (2, 2, 6), made[1]: (1, 1, 0)}, gates["gates"])
check("and for each entrance", {e["entrance"]: e["today"] for e in gates["entrances"] if e["today"]} == {"gondola": 2, "platter": 1})
check("a gate is not told what was found", server.ask("GET", "/api/gates/findings")[0] == 403)
server.sign_in("boss")
code, findings = server.ask("GET", "/api/gates/findings")
found = [(f["kind"], f["order"], f["position"], {f["first"]["entrance"], f["second"]["entrance"]}) for f in findings["findings"]]
check("who was let in twice is listed with the order", found == [("twice", orders[0], 2, {"Gondola", "Platter"})], findings)
done = subprocess.run([piste, "gate", "merge", os.path.join(top.name, "all"), os.path.join(data, "gates", log[16:24].hex() + ".log"), "--published",
                       published], capture_output=True, text=True)
check("piste gate merge reads what the server keeps", "8" in done.stdout + done.stderr and done.returncode in (0, 10), done.stdout + done.stderr)

# ---- what was cancelled opens no more ----------------------------------------------------------------------------------------------
desk("cancel", f"order={orders[0]}", "positions.position=1", "drawer=till")
version = int(documents["lists"].split('"version":')[1].split(",")[0])
code, newer = server.ask("GET", f"/api/gates/documents?version={version}")
check("newer lists are published when an order was cancelled", "lists" in newer and first["passes"][0]["pass"] in newer["lists"] and
      first["passes"][1]["pass"] not in newer["lists"].split('"known"')[0], newer.get("lists"))
run("gate", "update", os.path.join(top.name, "g1"), published)
check("its pass is refused, and it is told why", judge("g1", tokens[0]) == ["revoked"])
version = int(newer["lists"].split('"version":')[1].split(",")[0])
check("lists that a gate has are not sent again", set(server.ask("GET", f"/api/gates/documents?version={version}")[1]) == {"at_ms"})
run("pass", "revoke", os.path.join(data, "office"), first["passes"][1]["pass"])
run("pass", "publish", os.path.join(data, "office"), published)
code, newest = server.ask("GET", f"/api/gates/documents?version={version}")
check("what was published by hand is given to gates, too", first["passes"][1]["pass"] in newest.get("lists", ""), newest)
server.sign_in("till")
passes = server.ask("GET", f"/api/orders/{orders[0]}/passes")[1]["passes"]
check("the rest of the order keeps its pass", [p["token"] for p in passes] == [tokens[1]])
moved = desk("move", f"order={orders[0]}", "positions.position=2", "to.product=half-day", "to.class=abroad", "drawer=till")
passes = server.ask("GET", f"/api/orders/{orders[0]}/passes")[1]["passes"]
check("what was moved has another pass", len(passes) == 1 and passes[0]["token"] not in tokens and "each day" in passes[0]["valid"], passes)
desk("pass-revoke", f"order={orders[1]}", "why=found in other hands") if server.ask("GET", f"/api/orders/{orders[1]}/passes")[0] == 200 else None
passes = server.ask("GET", f"/api/orders/{orders[1]}/passes")[1]["passes"]
check("what was taken back is shown so, and not issued anew", [(p["token"], p["is_revoked"]) for p in passes] == [("", True)], passes)

# ---- logs that have grown, and logs of the past ------------------------------------------------------------------------------------


def write_log(name, gate, records):
    """A log of (kind, seconds, entrance, body) as a gate would have written it; its file's name, and its bytes."""
    head = b"piste-gate-log 1" + name.to_bytes(8, "big") + gate.to_bytes(4, "big") + bytes(4)
    chain, parts = hashlib.blake2b(head, digest_size=16).digest(), [head]
    for sequence, (kind, at_s, entrance, body) in enumerate(records, 1):
        contents = struct.pack(">2sBBBBHQQIIqqqQq32s", b"PL", 1, kind, 0, 0, entrance, name, sequence, gate, 0, at_s, at_s, 0, 7, 1, body)
        chain = hashlib.blake2b(contents, digest_size=16, key=chain).digest()
        parts += [contents, chain]
    return b"".join(parts)


def keep_log(log):
    with open(os.path.join(data, "gates", log[16:24].hex() + ".log"), "wb") as file:
        file.write(log)


def twice(at_s):  # one pass at two entrances within a minute
    body, there = log_of("g0")[HEADER:HEADER + RECORD], log_of("g1")[HEADER:HEADER + RECORD]
    entrances = [int.from_bytes(record[6:8], "big") for record in (body, there)]
    return [(1, at_s, entrances[0], body[72:104]), (1, at_s + 9, entrances[1], body[72:104])]


now = int(time.time())
server.stop()
server = Server()
server.sign_in("boss")
before = server.ask("GET", "/api/gates/findings")[1]["count"]
server.stop()
keep_log(write_log(5, made[0], twice(now - 801 * 86400)))
server = Server()
server.sign_in("boss")
check("a log of passes that count no more is not read", server.ask("GET", "/api/gates/findings")[1]["count"] == before)
server.stop()
keep_log(write_log(6, made[0], twice(now - 799 * 86400)))
server = Server()
server.sign_in("boss")
check("one that is younger is", server.ask("GET", "/api/gates/findings")[1]["count"] > before)
server.sign_in("gate")
long = write_log(7, made[0], [(2, now, 0, bytes(32))] * ((64 << 20) // RECORD + 1))
keep_log(long[:-2 * RECORD])
records = (len(long) - HEADER) // RECORD
check("a log is taken until it is long", server.send(made[0], part(long, records - 1, records - 1)) == (200, {"have": records - 1, "added": 1}))
check("then its gate is told to go on in another", server.send(made[0], part(long, records)) == (200, {"have": records, "added": 1, "is_long": True}))
for n in (5, 6, 7):
    os.unlink(os.path.join(data, "gates", f"{n:016x}.log"))
server.sign_in("till")

# ---- who may ---------------------------------------------------------------------------------------------------------------------------
for path in ("/api/gates", "/api/gates/findings", "/api/gates/documents"):
    check(f"a cashier may not ask {path}", server.ask("GET", path)[0] == 403)
check("a cashier may not send a log", server.send(made[0], log)[0] == 403)
server.proof = "0" * 32
check("a log without the page's proof is refused", server.send(made[0], log)[0] == 403)
server.stop()
run("audit", "--db", os.path.join(data, "desk.db"))
check("the desk's books are well", True)
print(f"1..{number}")
sys.exit(1 if failed else 0)
