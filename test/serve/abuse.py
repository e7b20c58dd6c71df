#!/usr/bin/env python3
"""test/serve/abuse.py - requests that nobody should send: wrong types in every field of every route, made from the API's own
document; malformed, slow, oversized and pipelined ones; rights that are not there.

    abuse.py PISTE     PISTE_TEST_FULL=1: 100,000 generated requests, otherwise 5,000

The server must refuse each of them with a code of 400 to 499 or do what a request well means, tell nothing of its insides,
and be well afterwards.
"""
import http.client
import json
import os
import random
import re
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from server import Server  # noqa: E402

COUNT = 100000 if os.environ.get("PISTE_TEST_FULL") == "1" else 5000
BODY_MAX = 256 * 1024
SEED = int(os.environ.get("PISTE_TEST_SEED", "1"))
ROLES = ("cashier", "gate", "planner", "manager", "auditor")
INSIDES = re.compile(rb"SELECT |INSERT |UPDATE |\.c:\d|/src/|0x[0-9a-f]{8,}|sqlite|Segmentation|AddressSanitizer", re.I)
ODD = [None, True, False, 0, -1, 1, 2 ** 31, 2 ** 63 - 1, -2 ** 63, 2 ** 64, 10 ** 400, 1.5, 1e308, -0.0, "", " ", "a", "x" * 300, "x" * 70000, "\n", "\t",
       "\u0000", "\ud800", "é", "漢字", "🏂", "'; DROP TABLE journal; --", "<script>", "../../etc/passwd", "%s%n", "2019-02-30",
       "2019-02-02", "EUR", "eur", "1.00 EUR", "-1.00 EUR", "1e9 EUR", [], [[]], {}, {"a": {}}, [None], [{}], [1, "a"], ["x"] * 2000]


def value_of(schema, r, depth=0):
    """Something that the schema allows, more or less."""
    kind = schema.get("type")
    if kind == "integer":
        return r.choice([schema.get("minimum", 0), schema.get("maximum", 1), r.randint(0, 100), 1])
    if kind == "boolean":
        return r.random() < 0.5
    if kind == "array":
        return [value_of(schema.get("items", {}), r, depth + 1) for _ in range(r.choice([0, 1, 2]))] if depth < 5 else []
    if kind == "object":
        wanted = set(schema.get("required", []))
        return {n: value_of(s, r, depth + 1) for n, s in schema.get("properties", {}).items() if n in wanted or r.random() < 0.4}
    if schema.get("format") == "date":
        return r.choice(["2019-02-02", "2019-01-01", "9999-12-31", "0001-01-01"])
    return r.choice(["visit", "day-pass", "abroad", "2019-02-02", "EUR", "USD", "1.00 EUR", "35.00 USD", "till-1", "KP", "x", "open"])


def spoil(value, r):
    """The same with something odd in one place."""
    if isinstance(value, dict) and value and r.random() < 0.8:
        name = r.choice(list(value))
        return {**value, name: spoil(value[name], r)} if r.random() < 0.9 else {**value, r.choice(["x", "who", "act", "__proto__", ""]): 1}
    if isinstance(value, list) and value and r.random() < 0.7:
        i = r.randrange(len(value))
        return value[:i] + [spoil(value[i], r)] + value[i + 1:]
    return r.choice(ODD)


def bytes_of(body, r):
    text = json.dumps(body, ensure_ascii=r.random() < 0.5, allow_nan=True).encode("utf-8", "surrogatepass")
    if r.random() < 0.05:
        text = text[:r.randrange(len(text) + 1)]
    if r.random() < 0.02:
        text = bytes(r.randrange(256) for _ in range(r.randrange(200)))
    if r.random() < 0.01:
        text = b"[" * 5000
    return text


class Keep:
    """A client that keeps its connection, and opens another where the server closed it."""

    def __init__(self, port, client):
        self.port, self.client, self.connection = port, client, None

    def ask(self, method, path, body, headers):
        for last in (False, True):
            if not self.connection:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                if answer.headers.get("Content-Type") == "text/event-stream":
                    self.connection.close()
                    self.connection = None
                    return answer.status, b""
                data = answer.read()
                if answer.headers.get("Connection") == "close":
                    self.connection.close()
                    self.connection = None
                return answer.status, data
            except (OSError, http.client.HTTPException):
                self.connection.close()
                self.connection = None
                if last:  # it may hang up on what is no HTTP; then it must still be there
                    socket.create_connection(("127.0.0.1", self.port), timeout=10).close()
                    return 0, b""


def one(keep, route, r):
    method, path, operation = route
    headers = {"Accept-Encoding": "gzip"}
    if keep.client.cookie:
        headers["Cookie"] = keep.client.cookie if r.random() < 0.98 else keep.client.cookie[:-1] + "A"
        headers["X-Piste"] = keep.client.proof if r.random() < 0.98 else "0" * 32
    path = re.sub(r"\{\w+\}", lambda _: r.choice(["1", "0", "-1", "999999999999999999999", "gondola", "a%2fb", "%00", "%ff", "..", "x" * 300]), path)
    body = None
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        body = bytes_of(spoil(value_of(content["application/json"]["schema"], r), r), r)
        headers["Content-Type"] = "application/json" if r.random() < 0.98 else r.choice(["text/plain", "application/json; x", ""])
    elif content:
        body = bytes(r.randrange(256) for _ in range(r.choice([0, 1, 100, 5000])))
        headers["Content-Type"] = "application/octet-stream"
    query = [p for p in operation.get("parameters", []) if p["in"] == "query"]
    if query and r.random() < 0.7:
        p = r.choice(query)
        path += f"?{p['name']}=" + r.choice(["", "1", "-1", "x" * 500, "%ff", "true", "a&" + p["name"] + "=b", "99999999999999999999"])
    elif r.random() < 0.1:
        path += "?" + r.choice(["x=1", "%", "=", "&&&", "a" * 3000])
    return method, path, len(body or b""), *keep.ask(method, path, body, headers)


def test_wrong_types(top):
    with Server(top, "--quiet") as s:
        s.load()
        clients = [s.client()]
        for role in ROLES:
            s.account(role, role)
            clients.append(s.sign_in(role))
        document = clients[0].get("/api/openapi.json")[1]
        # Signing in costs its 100 ms of argon2id each time, and out would end what is tested with.
        routes = [(m.upper(), p, o) for p, path in document["paths"].items() for m, o in path.items()
                  if (m.upper(), p) not in (("POST", "/api/session"), ("DELETE", "/api/session"))]
        # What would end the tests' own accounts or sessions is asked by those who may not.
        own = {"/api/desk/account", "/api/desk/account-end"}
        codes, faults, lock = {}, [], threading.Lock()

        def work(number):
            r = random.Random(SEED * 1000 + number)
            keeps = [Keep(s.port, c) for c in clients]
            for i in range(COUNT // 4):
                route = routes[(i * 4 + number) % len(routes)]
                keep = r.choice([k for k, role in zip(keeps, ("",) + ROLES) if not (role == "manager" and route[1] in own)])
                method, path, length, code, data = one(keep, route, r)
                with lock:
                    codes[code] = codes.get(code, 0) + 1
                # An answer comes to everything but what is longer than any request may be (its connection is closed at once).
                if code == 0 and length <= BODY_MAX or code >= 500 and code != 503 or (code >= 400 and INSIDES.search(data)):
                    faults.append((method, path[:100], code, data[:300]))

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert not faults, faults[:10]
        assert sum(codes.values()) == COUNT, codes
        assert s.process.poll() is None, "the server has ended"
        assert s.client().get("/api/health")[0] == 200
        assert codes.get(422, 0) > COUNT // 20 and codes.get(403, 0) > 0 and codes.get(401, 0) > 0, codes
        s.stop()
    return f"{sum(codes.values())} requests over {len(routes)} routes, seed {SEED}: " + ", ".join(f"{c}: {n}" for c, n in sorted(codes.items()))


def raw(port, data, wait=5):
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as c:
        got = b""
        try:
            c.sendall(data)
            while True:
                more = c.recv(65536)
                if not more:
                    break
                got += more
        except OSError:
            pass
        return got


def test_malformed(top):
    r = random.Random(SEED)
    good = b"GET /api/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with Server(top, "--quiet") as s:
        assert raw(s.port, good).startswith(b"HTTP/1.1 200")
        for text in (b"GET\r\n\r\n", b"\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET  /  HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00",
                     b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
                     b"GET / HTTP/1.1\r\nX: " + b"y" * 100000 + b"\r\n\r\n", b"POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
                     b"POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
                     b"POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\nContent-Type: application/json\r\n\r\n{}   x",
                     b"POST /api/session HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nzz\r\n",
                     b"GET /api/health HTTP/1.1\r\nHost: a\r\nCookie: piste=" + b"a" * 5000 + b"\r\nConnection: close\r\n\r\n"):
            got = raw(s.port, text, 1)
            assert not re.match(rb"HTTP/1\.[01] 5(?!05|01)", got), (text[:60], got[:100])
        for _ in range(300):
            damaged = bytearray(good)
            for _ in range(r.randrange(1, 6)):
                damaged[r.randrange(len(damaged))] = r.randrange(256)
            raw(s.port, bytes(damaged), 0.05)
        answers = raw(s.port, good.replace(b"Connection: close\r\n", b"") * 50 + good)  # pipelined
        assert answers.count(b"HTTP/1.1 200") == 51, answers.count(b"HTTP/1.1 200")
        assert s.client().get("/api/health")[0] == 200


def test_slow(top):
    """Those who send a byte now and then are hung up on, and nobody else notices them."""
    with Server(top, "--quiet") as s:
        slow = [socket.create_connection(("127.0.0.1", s.port)) for _ in range(100)]
        for c in slow[:50]:
            c.sendall(b"POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
        ended, begun = set(), time.monotonic()
        while len(ended) < len(slow) and time.monotonic() - begun < 60:
            for i, c in enumerate(slow):
                if i in ended:
                    continue
                try:
                    c.sendall(b"{" if i < 50 else b"G" if time.monotonic() - begun < 1 else b"E")
                    c.settimeout(0.001)
                    if c.recv(10) == b"":
                        ended.add(i)
                except socket.timeout:
                    pass
                except OSError:
                    ended.add(i)
            assert s.client().get("/api/health")[0] == 200
            time.sleep(1)
        assert len(ended) == len(slow), f"{len(slow) - len(ended)} are still there after a minute"
        for c in slow:
            c.close()


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
