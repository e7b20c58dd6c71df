#!/usr/bin/env python3
"""test/desk/charges.py - charges at a provider that misbehaves, by a desk that is killed: at the end both books say the same.

    charges.py PISTE    the database is a file, or the server that PISTE_TEST_DATABASE names
"""
import json
import os
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from bad_provider import FAULTS, BadProvider  # noqa: E402

PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "piste"
SERVER = os.environ.get("PISTE_TEST_DATABASE")
FULL = os.environ.get("PISTE_TEST_FULL") == "1"


class Desk:
    def __init__(self, top, url):
        self.db = os.path.join(top, "desk.db")
        if SERVER:
            self.db = SERVER
            subprocess.run(["psql", "-q", SERVER, "-c",
                            "SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public"], check=True)
        self.must(act="open", key="open", date="2019-02-02")
        self.must(act="class", key="c", **{"class": "adult", "name": "Adult"})
        self.must(act="product", key="p", product="day", name="Day", kind="day", takes=[{"resource": "visit"}])
        self.must(act="price", key="pr", product="day", **{"class": "adult"}, amount="35.00 USD")
        self.must(act="cap", key="cap", **{"from": "2019-02-02", "until": "2019-02-02"}, capacity=100000)
        self.url = url
        self.wait(150)

    def wait(self, ms):
        """How long the desk waits for the provider: short where it misbehaves on purpose, long where it does not and the machine is busy."""
        self.must(act="provider", key=f"provider-{ms}", provider="terminal", url=self.url, wait_ms=ms)

    def talk(self):
        return subprocess.Popen([PISTE, "desk", "do", "-", "--json", "--db", self.db], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **request):
        done = subprocess.run([PISTE, "desk", "do", "-", "--json", "--db", self.db], input=json.dumps(request) + "\n", capture_output=True, text=True,
                              check=False)
        return json.loads(done.stdout)

    def must(self, **request):
        answer = self.ask(**request)
        assert answer["status"] == "ok", (request, answer)
        return answer

    def run(self, *words):
        return subprocess.run([PISTE, *words, "--db", self.db], capture_output=True, text=True, check=False)

    def audit(self):
        done = self.run("audit")
        assert done.returncode == 0, done.stdout + done.stderr

    def accounts(self):
        sums = {}
        for line in self.must(act="report", **{"from": "2019-02-02", "until": "2019-02-02"})["accounts"]:
            number, currency = line["amount"].split()
            sums[line["account"]] = sums.get(line["account"], 0) + round(float(number) * 100)
            assert currency == "USD"
        return {k: v for k, v in sums.items() if v}

    def settle(self, provider):
        """The provider behaves from now on; both are compared until nothing is open."""
        provider.evil = 0
        self.wait(30000)
        for _ in range(20):
            done = self.run("desk", "drive", "terminal", "--for", "5", "--json")
            assert done.returncode == 0, done.stdout + done.stderr
            told = json.loads(done.stdout)
            if not told["open"] and not told["reopened"]:
                return
        raise AssertionError("charges are still open")


def check_books(desk, provider, orders):
    """Provider's and desk's books agree, nothing is left over, and every order is paid once or not at all."""
    desk.audit()
    accounts = desk.accounts()
    assert accounts.get("Assets:Card:terminal", 0) == provider.books().get("USD", 0), (accounts, provider.books())
    assert not any(a.startswith(("Liabilities:Unapplied", "Liabilities:Refunds")) for a in accounts), accounts
    sold = charged = 0
    net = {}
    for order in orders:
        state = desk.must(act="show", order=order)
        charges = desk.must(act="charges", order=order)["charges"]
        applied = [c for c in charges if c["applied"] != "0.00 USD"]
        assert all(c["state"] == "done" and not c["open"] for c in charges), charges
        assert len(applied) <= 1, charges
        kept = sum(round(100 * (float(c["captured"].split()[0]) - float(c["refunded"].split()[0]))) for c in charges)
        if state["state"] == "sold":
            assert len(applied) == 1 and kept == 3500, (state, charges)
            sold += 1
        else:
            assert kept == 0, (state, charges)
        charged += bool(charges)
        net[order] = kept
    assert sum(net.values()) == provider.books().get("USD", 0)
    assert accounts.get("Income:day", 0) == -3500 * sold, accounts
    return sold, charged


def ask_on(talk, request):
    """It is killed from outside, between two requests; that it ends by itself would be an error."""
    talk.stdin.write(json.dumps(request) + "\n")
    talk.stdin.flush()
    line = talk.stdout.readline()
    assert line, (request, "ended by itself", talk.wait(10))
    return json.loads(line)


def order_and_charge(talk, number, rng, orders):
    hold = rng.choice([1, 5, 900, 900, 900])
    answer = ask_on(talk, {"act": "order", "key": f"order-{number}", "positions": [{"product": "day", "class": "adult"}], "for_s": hold})
    assert answer["status"] == "ok", answer
    order = answer["order"]
    if order not in orders:
        orders.append(order)
    wait = rng.choice([0, 0, 1])
    answer = ask_on(talk, {"act": "charge", "key": f"charge-{number}", "order": order, "provider": "terminal", "wait_s": wait})
    assert answer["status"] == "ok" or answer.get("reason") in ("hold_ended", "charge_open", "nothing_due"), answer


def test_kills_and_a_bad_provider(top):
    cycles, seed = 1200 if FULL else 20, 11
    rng = random.Random(seed)
    provider = BadProvider(seed)
    desk = Desk(top, provider.url)
    orders, number, kills, cancelled, cycle = [], 0, 0, 0, 0
    while cycle < cycles or (cycle < 5 * cycles and not set(FAULTS) <= set(provider.faults)):
        cycle += 1
        talk, drivers = desk.talk(), []
        for _ in range(rng.choice([1, 2])):
            drivers.append(subprocess.Popen([PISTE, "desk", "drive", "--for", "20", "--db", desk.db], stdout=subprocess.DEVNULL))
        end = time.monotonic() + rng.random() * 0.4
        while time.monotonic() < end:
            order_and_charge(talk, number, rng, orders)
            number += 1
        if provider.notices and rng.random() < 0.7:
            with provider.lock:
                told, provider.notices = provider.notices[:3], provider.notices[3:]
            for key in told:
                desk.run("desk", "notice", key)
        if orders and rng.random() < 0.2:  # a refund, while whatever is under way goes on
            answer = desk.ask(act="cancel", key=f"cancel-{kills}", order=rng.choice(orders))
            cancelled += answer["status"] == "ok"
        for process in [talk, *drivers]:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
        talk.stdin.close()
        talk.stdout.close()
        if rng.random() < 0.2:
            desk.audit()
    desk.settle(provider)
    known = [c["order"] for c in desk.must(act="charges")["charges"]]
    assert not known, known
    sold, charged = check_books(desk, provider, orders)
    assert set(FAULTS) <= set(provider.faults), provider.faults
    provider.close()
    assert 0 < sold < charged, (sold, charged, kills)  # how many is chance
    return f"{kills} kills, {len(orders)} orders, {charged} charged, {sold} sold, {cancelled} cancelled, {provider.calls} calls"


def test_what_comes_too_late_is_refunded(top):
    provider = BadProvider(1, evil=0)
    desk = Desk(top, provider.url)
    desk.wait(30000)
    order = desk.must(act="order", key="o", positions=[{"product": "day", "class": "adult"}], for_s=900)["order"]
    charge = desk.must(act="charge", key="ch", order=order, provider="terminal", wait_s=60)
    assert (charge["state"], charge["result"], charge["order_state"]) == ("done", "applied", "sold"), charge
    again = desk.must(act="charge", key="ch", order=order, provider="terminal", wait_s=60)
    assert again["charge"] == charge["charge"] and len(provider.charges) == 1
    # Captured once more long afterwards: a notice brings it to light, and it goes back.
    key = next(iter(provider.charges))
    provider.charges[key]["captured"] += 3500
    assert desk.run("desk", "notice", key).returncode == 0
    assert desk.run("desk", "notice", "nobody").returncode == 3
    desk.settle(provider)
    assert provider.charges[key]["refunded"] == 3500
    check_books(desk, provider, [order])
    # A cancelled order is refunded by its provider, and owed until then.
    desk.must(act="cancel", key="cancel", order=order)
    assert desk.accounts()["Liabilities:Refunds:terminal"] == -3500
    desk.audit()
    desk.settle(provider)
    assert provider.books() == {}
    check_books(desk, provider, [order])
    # A hold that has ended while the provider was away: nothing is captured.
    order, ends = desk.must(act="order", key="o2", positions=[{"product": "day", "class": "adult"}], for_s=20)["order"], time.time() + 20
    provider.evil = 1
    provider.random = type("Only", (random.Random,), {"choice": lambda self, x: "error-before" if "late" in x else x[0]})(1)
    desk.must(act="charge", key="ch2", order=order, provider="terminal", wait_s=0)
    while time.time() <= ends:  # the hold is over then, by the clock that ends it
        time.sleep(0.1)
    desk.settle(provider)
    told = desk.must(act="charges", order=order)["charges"]
    assert told[0]["result"] == "order_over", (told, provider.charges, provider.faults)
    check_books(desk, provider, [order])
    # A card by hand in a remote provider's name would be money that it knows nothing of.
    order = desk.must(act="order", key="o3", positions=[{"product": "day", "class": "adult"}])["order"]
    answer = desk.ask(act="pay", key="pay", order=order, payments=[{"tender": "card", "provider": "terminal"}])
    assert answer.get("reason") == "use_charge", answer
    desk.must(act="pay", key="pay2", order=order, payments=[{"tender": "card", "provider": "till"}])
    answer = desk.ask(act="provider", key="till", provider="till", url=provider.url)
    assert answer.get("reason") == "has_payments", answer
    desk.audit()
    # What the provider has and this desk does not know, such as after a restore, is told.
    provider.charges["f" * 32] = {"key": "f" * 32, "state": "captured", "currency": "USD", "authorised": 5, "captured": 5, "refunded": 0, "refunds": []}
    provider.order.append("f" * 32)
    done = desk.run("desk", "drive", "terminal")
    assert done.returncode == 1 and "does not know" in done.stderr, done
    provider.close()


def test_a_refused_refund_stays_owed(top):
    provider = BadProvider(1, evil=0)
    desk = Desk(top, provider.url)
    desk.wait(30000)
    order = desk.must(act="order", key="o", positions=[{"product": "day", "class": "adult"}])["order"]
    desk.must(act="charge", key="ch", order=order, provider="terminal", wait_s=60)
    key = next(iter(provider.charges))
    really = provider.act

    def refuse(verb, body):
        if verb != "refund":
            return really(verb, body)
        if all(r["refund"] != body["refund"] for r in provider.charges[key]["refunds"]):
            provider.charges[key]["refunds"].append({"refund": body["refund"], "state": "refused"})
        return None

    provider.act = refuse
    desk.must(act="cancel", key="cancel", order=order)
    desk.settle(provider)
    assert desk.accounts()["Liabilities:Refunds:terminal"] == -3500
    assert desk.must(act="charges")["charges"][0]["refunds_refused"] == 1
    desk.audit()
    provider.act = really
    desk.must(act="charge-again", key="again", charge=desk.must(act="charges")["charges"][0]["charge"])
    desk.settle(provider)
    check_books(desk, provider, [order])
    assert provider.books() == {}
    provider.close()


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
