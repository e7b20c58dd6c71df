#!/usr/bin/env python3
"""test/serve/core.py - the server itself: sessions, roles, what takes two people, limits, live events, its end.

    core.py PISTE     the desk is a file, or the PostgreSQL database that PISTE_TEST_DATABASE names
"""
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from server import DATABASE, PASSWORD, Client, Server, expect  # noqa: E402

ROLES = ("cashier", "gate", "planner", "manager", "auditor")


def test_session(top):
    with Server(top) as s:
        s.account("till-1", "cashier")
        guest = s.client()
        code, answer = guest.get("/api/session")
        expect((code, answer["account"], answer["proof"]) == (200, "", ""), answer)
        expect(guest.post("/api/session", name="till-1", password="not this one")[0] == 401)
        expect(guest.post("/api/session", name="nobody", password="not this one")[0] == 401)
        c = s.sign_in("till-1")
        expect(c.get("/api/session")[1]["roles"] == "cashier")
        code, answer = c.post("/api/desk/free", resource="visit")
        expect(code in (200, 409), code, answer)
        proof, c.proof = c.proof, ""
        code, answer = c.post("/api/desk/hold", key="k1", takes=[])
        expect((code, answer["reason"]) == (403, "foreign"), "without its proof", code, answer)
        c.proof = proof[:-1] + ("0" if proof[-1] != "0" else "1")
        expect(c.post("/api/desk/hold", key="k1", takes=[])[0] == 403, "with another proof")
        c.proof = proof
        expect(c.ask("POST", "/api/desk/free", {"resource": "visit"}, {"Sec-Fetch-Site": "cross-site"})[0] == 403, "from elsewhere")
        stolen = Client(s.port)
        stolen.cookie, stolen.proof = c.cookie, c.proof
        expect(c.ask("DELETE", "/api/session")[0] == 200)
        expect(stolen.post("/api/desk/free", resource="visit")[0] == 401, "a session that has ended")


def test_cookie(top):
    for words, expected in (((), ("HttpOnly", "SameSite=Strict", "Path=/")), (("--behind-tls",), ("__Host-piste=", "Secure", "HttpOnly"))):
        with Server(top, *words, name=f"data{len(words)}") as s:
            s.account("boss", "manager")
            c = s.client()
            c.post("/api/session", name="boss", password=PASSWORD)
            cookie = c.headers["Set-Cookie"]
            for word in expected:
                expect(word in cookie, word, cookie)
            with open(s.log, encoding="utf-8") as log:
                text = log.read()
            expect(PASSWORD not in text and c.cookie.split("=")[1] not in text, "a secret in the log")


def test_headers(top):
    """Of every answer, whatever makes it: a page, an answer, a packed text, a stream, a refusal, one that is not sent again."""
    always = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
              "Cross-Origin-Resource-Policy": "same-origin"}
    secure = {"Strict-Transport-Security": "max-age=31536000"}
    for words, expected in (((), always), (("--behind-tls",), {**always, **secure})):
        with Server(top, *words, name=f"data{len(words)}") as s:
            c = s.client()
            c.get("/")
            tag = c.headers["ETag"]
            for path, headers, code in (("/", {}, 200), ("/", {"If-None-Match": tag}, 304), ("/api/session", {}, 200), ("/api/mountain", {}, 200),
                                        ("/api/openapi.json", {}, 200), ("/metrics", {}, 200), ("/api/live", {}, 200), ("/api/nothing", {}, 404),
                                        ("/api/proposals", {}, 401), ("/", {"Accept-Encoding": "identity"}, 406)):
                connection = http.client.HTTPConnection("127.0.0.1", s.port, timeout=30)
                connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
                answer = connection.getresponse()
                expect(answer.status == code, path, answer.status)
                for name, begin in expected.items():
                    values = answer.headers.get_all(name) or []
                    expect(len(values) == 1 and values[0].startswith(begin), path, name, values)
                expect(words or "Strict-Transport-Security" not in answer.headers, "promised without TLS", path)
                connection.close()


def test_two_servers(top):
    """Two servers on one desk: a session of the one counts at the other, and what the one is told the other tells."""
    with Server(top) as a, Server(top, fresh=False) as b:
        a.account("boss", "manager")
        boss = a.sign_in("boss")
        lines, ready = [], threading.Event()
        thread = threading.Thread(target=listen, args=(b.port, {}, lines, ready))
        thread.start()
        expect(ready.wait(20))
        boss.act("board", place="gondola", state="hold", note="wind")
        thread.join(20)
        expect("event: mountain" in lines, lines)
        gondola = b.client().get("/api/mountain")[1]["lifts"][0]
        expect((gondola["key"], gondola["state"]) == ("gondola", "hold"), gondola)
        there = Client(b.port)
        there.cookie, there.proof = boss.cookie, boss.proof
        there.act("board", place="gondola", state="open")


def test_lock(top):
    with Server(top) as s:
        s.account("till-1", "cashier")
        c = s.client()
        for _ in range(10):
            expect(c.post("/api/session", name="till-1", password="wrong wrong wrong")[1]["reason"] == "wrong")
        code, answer = c.post("/api/session", name="till-1", password=PASSWORD)
        expect((code, answer["reason"]) == (401, "locked"), code, answer)
        s.account("till-1", "cashier")  # the office gives it a password anew
        s.sign_in("till-1")


def test_password_is_nowhere(top):
    with Server(top) as s:
        s.account("boss", "manager")
        s.sign_in("boss")
        s.stop()
        for name in os.listdir(s.data):
            path = os.path.join(s.data, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    expect(PASSWORD.encode() not in file.read(), name)


def test_roles(top):
    """Each role against each route: signed out 401, another's role 403, never anything else for want of rights."""
    with Server(top) as s:
        clients = {}
        for role in ROLES:
            s.account(role, role)
            clients[role] = s.sign_in(role)
        guest = s.client()
        document = guest.get("/api/openapi.json")[1]
        routes = [(m.upper(), p, o) for p, path in document["paths"].items() for m, o in path.items()]
        expect(len(routes) > 50, len(routes))
        refused = 0
        for method, path, operation in routes:
            roles = operation.get("x-roles", "").split()
            if not roles or operation["responses"]["200"].get("content", {}).get("text/event-stream") is not None:
                continue
            path = path.replace("{", "").replace("}", "")
            code, _ = guest.ask(method, path, None if method == "GET" else {})
            expect(code == 401, method, path, code)
            for role, client in clients.items():
                if role in roles:
                    continue
                code, answer = client.ask(method, path, None if method == "GET" else {})
                expect(code == 403 and answer["reason"] == "not_allowed", role, method, path, code)
                refused += 1
        expect(refused > 100, refused)


def test_two_people(top):
    with Server(top) as s:
        s.account("anna", "manager")
        s.account("boris", "manager")
        s.account("till-1", "cashier")
        s.load()
        anna, boris, till = s.sign_in("anna"), s.sign_in("boris"), s.sign_in("till-1")
        code, answer = anna.post("/api/desk/cap", key="c1", **{"from": "2019-02-02"}, capacity=1234)
        expect(code == 202 and answer["status"] == "proposed", code, answer)
        again = anna.post("/api/desk/cap", key="c1", **{"from": "2019-02-02"}, capacity=1234)
        expect(again[1]["proposal"] == answer["proposal"], "sent again", again)
        number = answer["proposal"]
        free = anna.question("free", resource="visit", slot="2019-02-02")
        expect("1234" not in json.dumps(free), free)
        expect(anna.post(f"/api/proposals/{number}/agree")[1]["reason"] == "same_person")
        expect(till.post(f"/api/proposals/{number}/agree")[0] == 403)
        expect(boris.get("/api/proposals")[1]["proposals"][0]["proposed_by"] == "anna")
        for _ in range(2):  # sent again it is the same
            code, answer = boris.post(f"/api/proposals/{number}/agree")
            expect(code == 200, code, answer)
        free = anna.question("free", resource="visit", slot="2019-02-02")
        expect("1234" in json.dumps(free), free)
        code, answer = anna.post("/api/desk/cap", key="c2", **{"from": "2019-02-02"}, capacity=5)
        expect(boris.post(f"/api/proposals/{answer['proposal']}/decline")[0] == 200)
        expect(boris.post(f"/api/proposals/{answer['proposal']}/agree")[1]["reason"] == "decided")


def test_refund_takes_two(top):
    with Server(top) as s:
        s.account("anna", "manager")
        s.account("boris", "manager")
        s.account("till-1", "cashier")
        s.load()
        s.desk("open", "date=2019-02-02", "--key", "open")
        anna, boris, till = s.sign_in("anna"), s.sign_in("boris"), s.sign_in("till-1")
        till.act("drawer-open", drawer="till-1", cashier="till-1", counted=[{"amount": "500.00 EUR"}])
        quote = till.question("quote", currency="EUR", positions=[{"product": "day-pass", "class": "abroad", "count": 4}])
        total = quote["total"]

        def sell():
            return till.act("order", currency="EUR", positions=[{"product": "day-pass", "class": "abroad", "count": 4}],
                            payments=[{"tender": "cash", "amount": total, "drawer": "till-1"}])["order"]

        def cancel(key, **what):
            return till.post("/api/desk/cancel", key=key, drawer="till-1", **what)

        expect(cancel("x1", order=sell())[0] == 200, "no limit, one person")
        answer = anna.post("/api/desk/two-above", key="l1", amount="40.00 EUR")[1]
        expect(boris.post(f"/api/proposals/{answer['proposal']}/agree")[0] == 200)
        order = sell()
        expect(cancel("x2", order=order, positions=[{"position": 1}])[0] == 200, "below the limit")
        code, answer = cancel("x3", order=order)
        expect(code == 202, code, answer)
        expect(boris.question("show", order=order)["state"] == "sold", "before it is agreed")
        code, done = boris.post(f"/api/proposals/{answer['proposal']}/agree")
        expect(code == 200, code, done)
        expect(boris.question("show", order=order)["state"] == "ended", "after it")


def listen(port, headers, lines, ready):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/api/live", headers=headers)
    answer = connection.getresponse()
    for line in answer:
        lines.append(line.decode().strip())
        ready.set()
        if lines[-1].startswith("data:"):
            break
    connection.close()


def test_live(top):
    with Server(top) as s:
        s.account("boss", "manager")
        boss = s.sign_in("boss")

        def hear(headers, tell):
            lines, ready = [], threading.Event()
            thread = threading.Thread(target=listen, args=(s.port, headers, lines, ready))
            thread.start()
            expect(ready.wait(20), "no stream")
            tell()
            thread.join(20)
            expect(not thread.is_alive(), lines)
            return lines

        lines = hear({}, lambda: boss.act("board", place="gondola", state="hold", note="wind"))
        expect("event: mountain" in lines, lines)
        last = next(line for line in lines if line.startswith("id: "))[4:]
        gondola = next(lift for lift in s.client().get("/api/mountain")[1]["lifts"] if lift["key"] == "gondola")
        expect((gondola["state"], gondola["note"], gondola["source"]) == ("hold", "wind", "boss"), gondola)
        first = threading.Event()
        done = threading.Thread(target=lambda: (listen(s.port, {}, [], first)))
        done.start()
        expect(first.wait(20))
        boss.act("board", place="gondola", state="open")
        done.join(20)
        lines = hear({"Last-Event-ID": last}, lambda: None)  # what came meanwhile comes at once
        expect("event: mountain" in lines and "event: anew" not in lines, lines)
        lines = hear({"Last-Event-ID": "1-1"}, lambda: None)  # of another server
        expect("event: anew" in lines, lines)


def test_refusals(top):
    with Server(top) as s:
        c = s.client()
        for method, path, code in (("GET", "/api/nothing", 404), ("PUT", "/api/mountain", 405), ("POST", "/index.html", 405),
                                   ("GET", "/api/session?x=1", 422), ("GET", "/..%2f..%2fetc/passwd.txt", 404),
                                   ("GET", "/%00", 404), ("GET", "/" + "a" * 3000, 404)):
            got = c.ask(method, path)[0]
            expect(got == code or (code == 404 and got == 200 and "." not in path) or got == 414, method, path[:40], got)
        code, answer = c.post("/api/desk/%ff")
        expect((code, answer["reason"]) == (404, "not_found"), "a path that is no text", code, answer)
        code, answer = c.post("/api/desk/board", note="x" * 250000)
        expect((code, answer["reason"]) == (401, "signed_out"), "who sends much is told all the same", code, answer)
        expect(c.ask("POST", "/api/session", b"{", {"Content-Type": "application/json"}, raw=True)[0] == 400)
        expect(c.ask("POST", "/api/session", b"a=1", {"Content-Type": "text/plain"}, raw=True)[0] == 415)
        expect(c.post("/api/session", name="a", password=5)[0] == 422)
        expect(c.post("/api/session", name="a", password="b", more=1)[0] == 422)
        big = b'{"name":"' + b"a" * 300000 + b'"}'
        expect(c.ask("POST", "/api/session", big, {"Content-Type": "application/json"}, raw=True)[0] == 413)
        raw = socket.create_connection(("127.0.0.1", s.port))
        raw.sendall(b"POST /api/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n")
        got = b""
        try:
            for _ in range(40):
                raw.sendall(b"10000\r\n" + b"a" * 65536 + b"\r\n")
            raw.sendall(b"0\r\n\r\n")
        except OSError:
            pass  # it hung up
        with contextlib.suppress(OSError):
            got = raw.recv(100)
        expect(not got or b" 413 " in got or b" 400 " in got, got)
        expect(c.get("/api/health")[0] == 200)


def test_rate(top):
    with Server(top, rate="5") as s:
        c = s.client()
        codes = [c.get("/api/session")[0] for _ in range(60)]
        expect(codes[0] == 200 and 429 in codes, codes)
        expect("Retry-After" in c.headers or codes[-1] == 200)


def test_confined(top):
    """Root becomes somebody else, gets no right back, and no file of others is written: asked of the kernel itself."""
    if os.geteuid() != 0 or os.environ.get("PISTE_TEST_DATABASE"):
        return "SKIP only root can become somebody else, and only on a file"
    os.chmod(top, 0o755)
    os.mkdir(os.path.join(top, "data"))
    with Server(top, "--user", "nobody") as s:
        with open(f"/proc/{s.process.pid}/status", encoding="ascii") as file:
            status = file.read()
        lines = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        expect(set(lines["Uid"].split()) == {str(os.stat(os.path.join(s.data, "desk.db")).st_uid)} != {"0"}, lines["Uid"])
        expect(lines["NoNewPrivs"].strip() == "1", lines["NoNewPrivs"])
        for kind in ("CapInh", "CapPrm", "CapEff"):
            expect(int(lines[kind], 16) == 0, kind, lines[kind])
        expect(s.client().get("/api/health")[0] == 200)
    return None


def test_kept_to_its_files(top):
    """Whatever its own folder leads to outside of it is neither read nor written; the log says what keeps it (test_confine.c has the rest)."""
    outside, own = os.path.join(top, "outside"), os.path.join(top, "data")
    for folder in (outside, own):
        os.mkdir(folder)
    with open(os.path.join(outside, "theirs.json"), "w", encoding="utf-8") as file:
        file.write('{"format": "piste-draft", "version": 1, "name": "theirs", "revision": 1, "title": "Theirs", "changes": [], "lines": []}')
    os.symlink(outside, os.path.join(own, "drafts"))
    with Server(top) as s:
        with open(s.log, encoding="utf-8") as log:
            told = log.read()
        expect("Landlock" in told, told)
        if "no Landlock" in told:
            return "SKIP this kernel has no Landlock"
        s.account("ann", "planner")
        ann = s.sign_in("ann")
        read, answer = ann.get("/api/plan/drafts/theirs")
        wrote, _ = ann.ask("PUT", "/api/plan/drafts/mine", {"key": "k", "revision": 0, "title": "Mine", "changes": []})
        expect(read >= 400 and "Theirs" not in json.dumps(answer), read, answer)
        expect(wrote >= 400 and os.listdir(outside) == ["theirs.json"], wrote, os.listdir(outside))
        os.unlink(os.path.join(own, "drafts"))
        os.mkdir(os.path.join(own, "drafts"), 0o700)
        expect(ann.ask("PUT", "/api/plan/drafts/mine", {"key": "k", "revision": 0, "title": "Mine", "changes": []})[0] == 200)
    return None


def test_another_vault(top):
    """A data folder that lacks its vault, or has that of another desk, is refused, with a word what to do; nothing is made."""
    if DATABASE:
        return "SKIP test/serve/pair.py tries it with a database"
    for name in ("one", "two"):
        with Server(top, "--quiet", name=name):
            pass
    vault = os.path.join(top, "one", "vault")
    os.rename(vault, vault + ".own")
    for why in ("there is no vault", "is a vault of another desk"):
        try:
            Server(top, "--quiet", name="one")
        except AssertionError as error:
            expect(why in str(error) and "share one data folder" in str(error), error)
        else:
            raise AssertionError("it started")
        if why == "there is no vault":
            expect(not os.path.exists(vault))
            shutil.copytree(os.path.join(top, "two", "vault"), vault)
    shutil.rmtree(vault)
    os.rename(vault + ".own", vault)
    with Server(top, "--quiet", name="one") as s:
        expect(s.client().get("/api/health")[0] == 200)
    return None


def test_end(top):
    """A server that is told to stop answers what is under way; one that is killed starts again with everything."""
    s = Server(top)
    s.account("boss", "manager")
    boss = s.sign_in("boss")
    answers = []

    def work(n):
        c = Client(s.port)
        c.cookie, c.proof = boss.cookie, boss.proof
        for i in range(50):
            try:
                answers.append((f"{n}-{i}", c.post("/api/desk/allot", key=f"{n}-{i}", resource=f"r{n}", slot=f"s{i}", capacity=5)[0]))
            except OSError:
                return

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    while len(answers) < 20:
        pass
    expect(s.stop(signal.SIGKILL) != 0)
    for t in threads:
        t.join()
    s.start()
    acknowledged = [k for k, code in answers if code == 200]
    for key in acknowledged:
        n, i = key.split("-")
        expect("5" in json.dumps(boss_again(s, boss).question("free", resource=f"r{n}", slot=f"s{i}")), key)
    expect(s.stop() == 0)


def boss_again(s, boss):
    c = Client(s.port)
    c.cookie, c.proof = boss.cookie, boss.proof  # sessions outlive the server
    return c


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
