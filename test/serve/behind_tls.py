#!/usr/bin/env python3
"""test/serve/behind_tls.py - packaging/Caddyfile as it is shipped: a real caddy with a certificate before a real server.

    behind_tls.py PISTE     skipped where caddy is not installed
"""
import contextlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from server import PASSWORD, ROOT, Client, Server, expect  # noqa: E402

CADDYFILE = os.path.join(ROOT, "packaging", "Caddyfile")
NAME, PORT = "tickets.example.org", "127.0.0.1:8080"  # as they stand there


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def caddy(top, port):
    """The shipped file, with another name and port, and a certificate of caddy's own; yields (port, who is trusted)."""
    with open(CADDYFILE, encoding="utf-8") as file:
        text = file.read()
    expect(text.count(NAME) == 1 and text.count(PORT) == 1, "the file has another name or port")
    own = free_port()
    text = text.replace(NAME + " {", f"https://localhost:{own} {{\n\ttls internal", 1).replace(PORT, f"127.0.0.1:{port}")
    path, home = os.path.join(top, "Caddyfile"), os.path.join(top, "caddy")
    with open(path, "w", encoding="utf-8") as file:
        file.write("{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n" + text)
    environment = dict(os.environ, HOME=home, XDG_DATA_HOME=home, XDG_CONFIG_HOME=home)
    with open(os.path.join(top, "caddy.log"), "wb") as log:
        process = subprocess.Popen(["caddy", "run", "--adapter", "caddyfile", "--config", path], env=environment, stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=log)
    try:
        root = os.path.join(home, "caddy", "pki", "authorities", "local", "root.crt")
        until = time.monotonic() + 60
        while True:
            try:
                trust = ssl.create_default_context(cafile=root)
                with socket.create_connection(("127.0.0.1", own), 5) as s, trust.wrap_socket(s, server_hostname="localhost"):
                    break
            except (OSError, ssl.SSLError):
                with open(os.path.join(top, "caddy.log"), encoding="utf-8") as log:
                    expect(process.poll() is None and time.monotonic() < until, "caddy did not start", log.read()[-2000:])
                time.sleep(0.1)
        yield own, trust
    finally:
        process.terminate()
        process.wait(12)  # it waits for whoever it serves: streams of guests who have left are none (piste would tell them 15 s later)


class Guest(Client):
    """A browser that comes by TLS."""

    def __init__(self, port, trust):
        super().__init__(port)
        self.trust = trust

    def connect(self):
        return http.client.HTTPSConnection("localhost", self.port, timeout=30, context=self.trust)


def listen(guest, last, lines, ready):
    connection = guest.connect()
    connection.request("GET", "/api/live", headers={"Last-Event-ID": last} if last else {})
    for line in connection.getresponse():
        lines.append(line.decode().strip())
        ready.set()
        if lines[-1].startswith("data:"):
            break
    connection.close()


def hear(guest, tell, last=""):
    """What the stream says once `tell` has been done; it is told while the stream stands."""
    lines, ready = [], threading.Event()
    thread = threading.Thread(target=listen, args=(guest, last, lines, ready))
    thread.start()
    expect(ready.wait(20), "nothing of the stream came through")
    tell()
    thread.join(20)
    expect(not thread.is_alive() and "event: mountain" in lines, lines)
    return next(line for line in lines if line.startswith("id: "))[4:]


def test_file(_):
    """As caddy itself reads and writes it."""
    done = subprocess.run(["caddy", "validate", "--adapter", "caddyfile", "--config", CADDYFILE], capture_output=True, text=True, check=False)
    expect(done.returncode == 0, done.stderr[-2000:])
    expect("Caddyfile input is not formatted" not in done.stderr, done.stderr[-2000:])


def test_guest(top):
    """A sign-in, an act, its event, and the figures that are not for the world."""
    with Server(top, "--behind-tls") as s, caddy(top, s.port) as (port, trust):
        s.account("boss", "manager")
        boss = Guest(port, trust)
        expect(boss.get("/")[0] == 200 and boss.headers["Strict-Transport-Security"], dict(boss.headers))
        code, answer = boss.post("/api/session", name="boss", password=PASSWORD)
        expect(code == 200 and all(word in boss.headers["Set-Cookie"] for word in ("__Host-piste=", "Secure", "HttpOnly", "SameSite=Strict")),
               code, answer, boss.headers["Set-Cookie"])
        boss.proof = answer["proof"]
        last = hear(Guest(port, trust), lambda: boss.act("board", place="gondola", state="hold", note="wind"))
        boss.act("board", place="gondola", state="open")
        hear(Guest(port, trust), lambda: None, last)  # what came meanwhile comes at once
        expect(boss.get("/metrics")[0] == 404 and s.client().get("/metrics")[0] == 200, "figures are told to the world, or to nobody")
        for size in (300000, 900000):  # refused by the server, not lost on the way
            big = b'{"name":"' + b"a" * size + b'"}'
            code = boss.ask("POST", "/api/session", big, {"Content-Type": "application/json"}, raw=True)[0]
            expect(code == 413, size, code)


def test_address(top):
    """Limits go by the guest's address, and nobody gets past them by naming another one."""
    with Server(top, "--behind-tls", rate="5") as s, caddy(top, s.port) as (port, trust):
        guest = Guest(port, trust)
        codes = [guest.ask("GET", "/api/session", headers={"X-Forwarded-For": f"198.51.100.{i}"})[0] for i in range(60)]
        expect(codes[0] == 200 and 429 in codes, codes)
        other = s.client()  # as caddy hands on a guest from elsewhere
        expect(other.ask("GET", "/api/session", headers={"X-Forwarded-For": "203.0.113.9"})[0] == 200, "one guest stops all others")


def test_restart(top):
    """The server ends and comes back behind the proxy: sessions hold, and the page's stream goes on."""
    with Server(top, "--behind-tls") as s, caddy(top, s.port) as (port, trust):
        s.account("boss", "manager")
        boss = Guest(port, trust)
        boss.proof = boss.post("/api/session", name="boss", password=PASSWORD)[1]["proof"]
        expect(s.stop() == 0)
        expect(boss.get("/api/health")[0] == 502, "there is no server")
        s.words[s.words.index("--port") + 1] = str(s.port)
        s.start()
        expect(boss.get("/api/session")[1]["account"] == "boss")
        hear(Guest(port, trust), lambda: boss.act("board", place="gondola", state="hold"))


if __name__ == "__main__":
    if not shutil.which("caddy"):
        print("1..0 # SKIP no caddy here; script/bootstrap --test installs it")
        sys.exit()
    sys.exit(tap.run(globals()))
