#!/usr/bin/env python3
"""test/serve/account.py - one's own account over HTTP: what is open to whom before what, and who makes managers.

    account.py PISTE     the desk is a file, or the PostgreSQL database that PISTE_TEST_DATABASE names

The codes themselves, their times and races are test/desk/test_account.c's.
"""
import base64
import hashlib
import hmac
import os
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from server import PASSWORD, Server, expect  # noqa: E402

OWN = "vexing-otter-lamp"


def code_of(secret, steps=0):
    """RFC 6238, written out once more."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


def begin(c):
    secret = c.get("/api/account/two-step")[1]["secret"]
    used = code_of(secret)
    code, answer = c.post("/api/account/two-step", password=PASSWORD, secret=secret, code=used)
    expect(code == 200 and len(answer["codes"]) == 10, code, answer)
    return secret, answer["codes"], used


def test_nobody_elses(top):
    """Nothing of it is open to who is not signed in, nor without the page's proof; looking tells no secret."""
    with Server(top) as s:
        s.account("boss", "manager")
        guest, boss = s.client(), s.sign_in("boss")
        routes = [(m, p) for p, of in guest.get("/api/openapi.json")[1]["paths"].items() if p.startswith("/api/account") for m in of]
        expect(len(routes) == 8, routes)
        proof, boss.proof = boss.proof, ""
        for method, path in routes:
            body = None if method == "get" else {}
            code, answer = guest.ask(method.upper(), path, body)
            expect((code, answer["reason"]) == (401, "signed_out"), method, path, code, answer)
            code, answer = boss.ask(method.upper(), path, body)
            expect(method == "get" and code == 200 or (code, answer["reason"]) == (403, "foreign"), method, path, code, answer)
        boss.proof = proof
        secret, codes, _ = begin(boss)
        seen = str(boss.get("/api/account"))
        expect(secret not in seen and not any(c in seen for c in codes), seen)
        expect(boss.cookie.split("=")[1] not in seen, "the session's token")


def test_second_step(top):
    with Server(top) as s:
        s.account("boss", "manager")
        boss = s.sign_in("boss")
        secret, codes, used = begin(boss)

        def enter(**more):
            code, answer = s.client().post("/api/session", name="boss", **{"password": PASSWORD, **more})
            return (code, answer.get("reason", ""))

        expect(enter() == (401, "code_needed"))
        expect(enter(password="not the password") == (401, "wrong"), "a wrong password tells nothing of the second step")
        expect(enter(code=used) == (401, "wrong_code"), "it has been used to begin")
        expect(enter(code=code_of(secret, 1)) == (200, ""))
        expect(enter(code=codes[0]) == (200, ""))
        expect(boss.post("/api/account/two-step/end", password=PASSWORD)[1]["reason"] == "code_needed")
        expect(boss.post("/api/account/two-step/end", password=PASSWORD, code=codes[0])[1]["reason"] == "wrong_code")
        expect(boss.post("/api/account/codes", password="another one", code=codes[1])[1]["reason"] == "wrong")
        expect(boss.post("/api/account/two-step/end", password=PASSWORD, code=codes[1])[0] == 200)
        expect(enter() == (200, ""))
        for bad in ("", "A" * 31, "A" * 33, "1" * 32, "é" * 16):
            expect(boss.post("/api/account/two-step", password=PASSWORD, secret=bad, code="000000")[0] == 422, bad)


def test_password(top):
    with Server(top) as s:
        s.account("till-1", "cashier")
        here, there = s.sign_in("till-1"), s.sign_in("till-1")
        expect(here.post("/api/account/password", password="another one", chosen=OWN)[1]["reason"] == "wrong")
        expect(here.post("/api/account/password", password=PASSWORD, chosen="password1234")[1]["reason"] == "weak")
        expect(here.post("/api/account/password", password=PASSWORD, chosen="too short")[0] == 422)
        expect(there.get("/api/session")[1]["account"] == "till-1")
        before = here.cookie
        code, answer = here.post("/api/account/password", password=PASSWORD, chosen=OWN)
        expect(code == 200 and here.cookie != before, "the same token", code, answer)
        here.proof = answer["proof"]
        expect(here.get("/api/session")[1]["account"] == "till-1")
        expect(there.get("/api/session")[1]["account"] == "", "still signed in elsewhere")
        expect(here.post("/api/account/strength", password="password1234")[1]["fault"] != "")
        expect(here.post("/api/account/strength", password=OWN)[1]["fault"] == "")
        for _ in range(10):
            here.post("/api/account/password", password="another one", chosen=PASSWORD)
        expect(s.client().post("/api/session", name="till-1", password=OWN)[1]["reason"] == "locked", "guesses from within")


def test_for_once(top):
    with Server(top) as s:
        s.account("boss", "manager")
        boss = s.sign_in("boss")
        code, answer = boss.post("/api/desk/account", key="n1", name="gate-1", roles="gate", password="a word of its own here")
        expect(code == 422, "a manager tells no password", code, answer)
        code, answer = boss.post("/api/desk/account", key="n2", name="gate-1", roles="gate", once=True)
        given = answer["password"]
        again = boss.post("/api/desk/account", key="n2", name="gate-1", roles="gate", once=True)[1]
        expect(code == 200 and "password" not in again, again)
        c = s.sign_in("gate-1", given)
        session = c.get("/api/session")[1]
        expect((session["roles"], session["must"]) == ("", "password"), session)
        code, answer = c.post("/api/desk/board", key="b", place="gondola", state="open")
        expect((code, answer["reason"]) == (403, "password_first"), code, answer)
        expect(c.post("/api/account/two-step", password=given, secret="A" * 32, code="000000")[0] == 401)
        code, answer = c.post("/api/account/password", password=given, chosen=OWN)
        expect((code, answer["roles"], answer["must"]) == (200, "gate", ""), answer)
        c.proof = answer["proof"]
        expect(c.post("/api/desk/board", key="b", place="gondola", state="open")[0] == 200)


def test_managers_take_two(top):
    with Server(top) as s:
        for name in ("anna", "boris"):
            s.account(name, "manager")
        s.account("till-1", "cashier")
        anna, boris = s.sign_in("anna"), s.sign_in("boris")
        tries = [{"name": "carl", "roles": "manager", "once": True}, {"name": "carl", "roles": "cashier manager", "once": True},
                 {"name": "boris", "once": True}, {"name": "boris", "roles": "cashier"}, {"name": "till-1", "roles": "manager"},
                 {"name": "anna", "once": True}]
        for i, fields in enumerate(tries):
            code, answer = anna.post("/api/desk/account", key=f"m{i}", **fields)
            expect((code, answer["status"]) == (202, "proposed"), fields, code, answer)
            expect(anna.post(f"/api/proposals/{answer['proposal']}/agree")[1]["reason"] == "same_person")
        expect(boris.get("/api/session")[1]["roles"] == "manager", "before it is agreed")
        expect([a["name"] for a in anna.question("accounts")["accounts"]] == ["anna", "boris", "till-1"])
        first = min(p["proposal"] for p in boris.get("/api/proposals")[1]["proposals"])
        code, answer = boris.post(f"/api/proposals/{first}/agree")
        expect(code == 200 and len(answer["password"]) == 19, code, answer)
        expect("password" not in boris.post(f"/api/proposals/{first}/agree")[1], "told again")
        expect(s.sign_in("carl", answer["password"]).get("/api/session")[1]["must"] == "password")
        expect(anna.post("/api/desk/account", key="t", name="till-1", roles="cashier gate")[0] == 200, "no manager, one person")
        code, answer = anna.post("/api/desk/two-step", key="r", roles="manager")
        expect(code == 202, answer)
        expect(boris.post(f"/api/proposals/{answer['proposal']}/agree")[0] == 200)
        session = anna.get("/api/session")[1]
        expect((session["roles"], session["must"]) == ("", "two-step"), session)
        code, answer = anna.post("/api/desk/accounts")
        expect((code, answer["reason"]) == (403, "two_step_first"), code, answer)
        begin(anna)
        expect(anna.get("/api/session")[1]["roles"] == "manager")


def test_sessions(top):
    with Server(top) as s:
        for name in ("anna", "boris"):
            s.account(name, "cashier")
        a, b, c = s.sign_in("anna"), s.sign_in("anna"), s.sign_in("boris")
        of_b = next(x for x in a.get("/api/account")[1]["sessions"] if not x["is_own"])["session"]
        expect(c.post("/api/account/sessions/end", session=of_b)[1]["ended"] == 0, "another's session")
        expect(a.post("/api/account/sessions/end", session="no name")[0] == 422)
        expect(a.post("/api/account/sessions/end", session=of_b)[1]["ended"] == 1)
        expect(b.get("/api/session")[1]["account"] == "")
        expect(a.get("/api/session")[1]["account"] == "anna" and c.get("/api/session")[1]["account"] == "boris")


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
