"""test/serve/server.py - a real server as tests use it: PISTE is the first word of the command line.

    with Server(top) as s:
        s.account("boss", "manager")
        boss = s.sign_in("boss")
        code, answer = boss.post("/api/desk/board", key="k", place="gondola", state="hold")

PISTE_TEST_DATABASE names a PostgreSQL database to be used instead of a file; it is emptied first, unless fresh=False.
"""
import gzip
import http.client
import itertools
import json
import os
import signal
import subprocess
import sys

ROOT = os.environ.get("PISTE_ROOT") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else sys.exit(sys.modules["__main__"].__doc__)
DATABASE = os.environ.get("PISTE_TEST_DATABASE")
PASSWORD = "a long enough password"
keys = itertools.count(1)


def expect(true, *what):
    if not true:
        raise AssertionError(what)


class Client:
    """One browser: its cookie and the proof that its page was told."""

    def __init__(self, port):
        self.port, self.cookie, self.proof = port, "", ""

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, method, path, body=None, headers=None, raw=False):
        """(code, answer): an object where it is JSON, otherwise bytes."""
        connection = self.connect()
        all_headers = {"Accept-Encoding": "gzip"}
        if self.cookie:
            all_headers["Cookie"] = self.cookie
        if self.proof and method != "GET":
            all_headers["X-Piste"] = self.proof
        if body is not None and not raw:
            body = json.dumps(body).encode()
            all_headers["Content-Type"] = "application/json"
        all_headers.update(headers or {})
        connection.request(method, path, body, all_headers)
        answer = connection.getresponse()
        data = answer.read()
        self.headers = answer.headers
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = cookie.split(";")[0]
        connection.close()
        is_json = (answer.headers.get("Content-Type") or "").startswith("application/json")
        if answer.headers.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        return answer.status, json.loads(data) if is_json else data

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, **fields):
        return self.ask("POST", path, fields)

    def act(self, act, **fields):
        """An act of the desk that must succeed."""
        fields.setdefault("key", f"test-{next(keys)}")
        code, answer = self.post(f"/api/desk/{act}", **fields)
        assert code == 200, (act, fields, code, answer)
        return answer

    def question(self, act, **fields):
        code, answer = self.post(f"/api/desk/{act}", **fields)
        assert code == 200, (act, fields, code, answer)
        return answer


class Server:
    def __init__(self, top, *words, resort=None, name="data", rate="0", prefix=(), fresh=True):
        self.data = os.path.join(top, name)
        self.resort = resort or os.path.join(ROOT, "resorts", "masikryong")
        self.words = [*prefix, PISTE, "serve", self.resort, "--port", "0", "--data", DATABASE or self.data, "--rate", rate, *words]
        self.log = os.path.join(top, f"{name}.log")
        self.db = DATABASE or os.path.join(self.data, "desk.db")
        self.process = None
        if DATABASE and fresh:
            subprocess.run(["psql", "-q", DATABASE, "-c",
                            "SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public"], check=True)
        self.start()

    def start(self):
        environment = dict(os.environ, PISTE_DATA=self.data)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, stderr=log, text=True, env=environment,
                                            stdin=subprocess.DEVNULL)
        line = self.process.stdout.readline()
        if not line.startswith("http://"):
            with open(self.log, encoding="utf-8") as log:
                raise AssertionError(f"the server did not start: {log.read()[-2000:]}")
        self.port = int(line.strip().rstrip("/").rsplit(":", 1)[1])

    def stop(self, how=signal.SIGTERM):
        """Its exit code. A server that was told to stop ends well."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        code = self.stop()
        assert code == 0, f"the server ended with {code}: {open(self.log, encoding='utf-8').read()[-3000:]}"

    def client(self):
        return Client(self.port)

    def desk(self, *words):
        """`piste desk` on the server's database, beside the server."""
        done = subprocess.run([PISTE, "desk", *words, "--db", self.db, "--vault", os.path.join(self.data, "vault"), "--json"],
                              capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, (words, done.stdout[-1000:], done.stderr[-1000:])
        return done.stdout

    def account(self, name, roles):
        self.desk("account", f"name={name}", f"password={PASSWORD}", f"roles={roles}", "--key", f"account-{name}-{next(keys)}")

    def sign_in(self, name, password=PASSWORD):
        client = self.client()
        code, answer = client.post("/api/session", name=name, password=password)
        assert code == 200, (code, answer)
        client.proof = answer["proof"]
        return client

    def load(self):
        """The resort's tariff, sessions, cap and catalogue."""
        self.desk("load", self.resort)
