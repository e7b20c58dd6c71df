#!/usr/bin/env python3
"""test/desk/money.py - money at the desk: a cashier's day by hand, and random days whose laws must hold.

    money.py PISTE    the database is a file, or the server that PISTE_TEST_DATABASE names
"""
import json
import os
import pty
import random
import re
import select
import shutil
import subprocess
import sys
from fractions import Fraction

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "piste"
SERVER = os.environ.get("PISTE_TEST_DATABASE")
DIGITS = {"USD": 2, "CNY": 2, "JPY": 0, "EUR": 2, "KPW": 2, "KWD": 3}
RATES = {"CNY": "0.148", "JPY": "0.0091", "EUR": "1.14", "KPW": "0.0011", "KWD": "3.29"}


def amount(text):
    """("100.00 EUR") as (minor units, currency)."""
    number, currency = text.split()
    return int(Fraction(number) * 10 ** DIGITS[currency]), currency


def money(minor, currency):
    digits = DIGITS[currency]
    sign, size = ("-" if minor < 0 else ""), abs(minor)
    return f"{sign}{size // 10 ** digits}{'.' + str(size % 10 ** digits).zfill(digits) if digits else ''} {currency}"


class Desk:
    """A desk that is spoken to through `piste desk do -`."""

    def __init__(self, top, name="desk.db"):
        self.db = os.path.join(top, name)
        if SERVER:
            self.db = SERVER
            subprocess.run(["psql", "-q", SERVER, "-c",
                            "SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public"], check=True)
        self.number = 0
        self.talk = subprocess.Popen([PISTE, "desk", "do", "-", "--json", "--db", self.db], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True)

    def ask(self, act, **fields):
        self.number += 1
        request = {"act": act, **fields}
        request.setdefault("key", f"k{self.number}")
        self.talk.stdin.write(json.dumps(request) + "\n")
        self.talk.stdin.flush()
        return json.loads(self.talk.stdout.readline())

    def must(self, act, **fields):
        answer = self.ask(act, **fields)
        assert answer["status"] == "ok", (act, fields, answer)
        return answer

    def refused(self, reason, act, **fields):
        answer = self.ask(act, **fields)
        assert (answer["status"], answer.get("reason")) == ("refused", reason), (reason, act, fields, answer)
        return answer

    def close(self):
        self.talk.stdin.close()
        self.talk.wait(timeout=60)

    def run(self, *words):
        return subprocess.run([PISTE, *words, "--db", self.db], capture_output=True, text=True, check=False)

    def set_up(self):
        for currency, rate in RATES.items():
            self.must("rate", **{"from": currency, "to": "USD", "rate": rate, "date": "2019-02-01", "source": "test"})
        self.must("open", date="2019-02-02")
        self.must("class", **{"class": "abroad", "name": "From abroad"})
        self.must("class", **{"class": "child", "name": "Child", "age_from": 4, "age_until": 12})
        self.must("class", **{"class": "group", "name": "Group", "group_from": 10})
        self.must("product", product="day", name="Day", kind="day", takes=[{"resource": "visit"}])
        self.must("product", product="three", name="Three days", kind="multi-day", days=3, takes=[{"resource": "visit"}])
        self.must("product", product="lesson", name="Lesson", kind="lesson", takes=[{"resource": "lesson", "slot": "session"}])
        for product, price in {"day": "35.00 USD", "three": "90.00 USD", "lesson": "13700 KPW"}.items():
            self.must("price", product=product, **{"class": "abroad"}, amount=price)
        self.must("price", product="day", **{"class": "child"}, amount="17.55 USD")
        self.must("price", product="day", **{"class": "group"}, amount="25.00 USD")
        self.must("price", product="day", **{"class": "abroad"}, amount="28.00 USD", early_days=7, limited="early", name="early bird")
        self.must("cap", **{"from": "2019-02-02", "until": "2019-03-01"}, capacity=40)
        self.must("cap", resource="early", **{"from": "2019-02-02", "until": "2019-03-01"}, capacity=3)
        self.must("cap", resource="lesson", **{"from": "2019-02-02", "until": "2019-02-05"}, times=[{"time": "10:00"}], capacity=6)
        self.must("rounding", currency="EUR", tender="cash", step="0.05 EUR")
        self.must("rounding", currency="KPW", tender="cash", step="10.00 KPW", mode="up")
        self.must("discount", code="ten", percent="10", uses=3)
        self.must("agency", agency="tours", name="Tours", discount_percent="12.5", limit="2000.00 USD")


def day(count=1, product="day", date="2019-02-02", **more):
    return {"product": product, "date": date, "class": "abroad", "count": count, **more}


def books_are_right(desk, top):
    """The audit, and the checkers of hledger and beancount where they are installed."""
    audit = desk.run("audit")
    assert audit.returncode == 0, audit.stdout + audit.stderr
    for tool, command in (("hledger", ["hledger", "check", "--strict", "-f"]), ("beancount", ["bean-check"])):
        path = os.path.join(top, "journal." + tool)
        if os.path.exists(path):
            os.remove(path)
        made = desk.run("desk", "export", tool, "-o", path)
        assert made.returncode == 0, made.stderr
        if shutil.which(command[0]):
            told = subprocess.run([*command, path], capture_output=True, text=True, check=False)
            assert told.returncode == 0, told.stdout + told.stderr
    return None if shutil.which("hledger") and shutil.which("bean-check") else "hledger or bean-check is not installed"


def test_a_family_in_two_currencies(top):
    desk = Desk(top)
    desk.set_up()
    desk.must("drawer-open", drawer="till", cashier="one", counted=[{"amount": "200.00 USD"}, {"amount": "100.00 EUR"}])
    family = [day(2), {"product": "day", "date": "2019-02-02", "persons": [{"age": 9}]}]
    quote = desk.must("quote", positions=family, voucher="ten")
    # 35.00 less a tenth twice, 17.55 less 1.76 (1.755 rounded away from nothing)
    assert quote["total"] == money(3150 + 3150 + 1579, "USD"), quote
    assert [line["each"] for line in quote["lines"]] == ["31.50 USD", "15.79 USD"], quote
    assert any("voucher ten" in reason for reason in quote["lines"][0]["because"]), quote
    sold = desk.must("order", positions=family, voucher="ten", payments=[
        {"tender": "cash", "drawer": "till", "amount": "50.00 EUR"},
        {"tender": "cash", "drawer": "till", "amount": "30.00 USD", "change": "EUR"}])
    # 50 EUR are 57.00 USD, 21.79 are left; of 30 USD 8.21 come back, 7.20 EUR, rounded to the step
    assert sold["state"] == "sold" and sold["payments"][1]["change"] == "7.20 EUR", sold
    assert desk.must("drawer", drawer="till")["holds"] == ["142.80 EUR", "230.00 USD"]
    desk.refused("voucher_invalid", "quote", positions=[day(1)], voucher="ten")
    desk.must("drawer-close", drawer="till", counted=[{"amount": "230.00 USD"}, {"amount": "141.80 EUR"}])
    closed = desk.must("close", date="2019-02-02")
    differences = [a for a in closed["accounts"] if a["account"] == "Expenses:Cash-differences"]
    assert differences == [{"account": "Expenses:Cash-differences", "amount": "1.00 EUR"}], closed
    desk.must("drawer-open", drawer="till", cashier="two", counted=[{"amount": "100.00 USD"}, {"amount": "50.00 EUR"}])
    back = desk.must("cancel", order=sold["order"], positions=[{"position": 2}], drawer="till")
    # The last payment gives back first: what it credited, 21.79 USD; the rest, 9.71 USD, is 8.52 EUR at the rate of
    # payment, 8.50 in cash.
    assert [r["given"] for r in back["refunds"]] == ["21.79 USD", "8.50 EUR"], back
    assert back["total"] == "47.29 USD" and back["due"] == "0.00 USD", back
    assert desk.must("free", resource="visit", slot="2019-02-02")["slots"][0]["taken"] == 2
    note = books_are_right(desk, top)
    desk.close()
    return note


def test_what_may_not_be_is_refused(top):
    desk = Desk(top)
    desk.refused("no_day", "order", positions=[day()])
    desk.set_up()
    desk.refused("drawer_closed", "order", positions=[day()], payments=[{"tender": "cash", "drawer": "till"}])
    desk.must("drawer-open", drawer="till", cashier="one")
    desk.refused("drawer_open", "drawer-open", drawer="till", cashier="two")
    desk.refused("drawer_open", "close")
    desk.refused("sold_out", "order", positions=[day(41)])
    desk.refused("no_product", "order", positions=[day(product="helicopter")])
    desk.refused("no_price", "order", positions=[{"product": "day", "class": "martian"}])
    desk.refused("past", "order", positions=[day(date="2019-02-01")])
    desk.refused("not_paid", "order", positions=[day()], payments=[{"tender": "cash", "drawer": "till", "amount": "34.99 USD"}])
    desk.refused("drawer_short", "order", positions=[day()],
                 payments=[{"tender": "cash", "drawer": "till", "amount": "40.00 USD", "change": "EUR"}])
    desk.refused("too_much", "order", positions=[day()], payments=[{"tender": "card", "amount": "36.00 USD"}])
    desk.refused("no_rate", "order", positions=[day()], payments=[{"tender": "bank", "currency": "GBP"}])
    desk.refused("no_agency", "order", positions=[day()], payments=[{"tender": "invoice"}])
    desk.refused("not_enough", "order", positions=[day(1, "three")] * 30, agency="tours", payments=[{"tender": "invoice"}])
    for wrong in ("35", "35.001 USD", "USD 35", "35,00 USD", "1e3 USD", "35.00 XXX"):
        answer = desk.ask("order", positions=[day()], payments=[{"tender": "bank", "amount": wrong}])
        assert answer["status"] == "invalid", (wrong, answer)
    assert desk.must("free", resource="visit", slot="2019-02-02")["slots"][0]["taken"] == 0
    sold = desk.must("order", positions=[day()], payments=[{"tender": "cash", "drawer": "till"}], key="once")
    assert desk.must("order", positions=[day()], payments=[{"tender": "cash", "drawer": "till"}], key="once") == sold
    assert desk.ask("order", positions=[day(2)], payments=[{"tender": "cash", "drawer": "till"}], key="once")["status"] == "invalid"
    desk.refused("not_paid", "cancel", order=sold["order"], keep="36.00 USD", drawer="till")
    desk.must("cancel", order=sold["order"], drawer="till")
    desk.refused("hold_ended", "cancel", order=sold["order"], drawer="till")
    desk.refused("day_open", "open", date="2019-02-03")
    books_are_right(desk, top)
    desk.close()


def test_prices_by_date_number_and_agreement(top):
    desk = Desk(top)
    desk.set_up()

    def total(*positions, **more):
        return desk.must("quote", positions=list(positions), **more)["total"]
    assert total(day()) == "35.00 USD"
    assert total(day(date="2019-02-09")) == "28.00 USD"  # seven days before
    assert total(day(date="2019-02-08")) == "35.00 USD"
    assert total(day(4, date="2019-02-09")) == money(3 * 2800 + 3500, "USD")  # there are three of that price
    assert total(day(10)) == "250.00 USD"  # a group is given its class
    assert total(day(2), agency="tours") == money(2 * (3500 - 438), "USD")  # 12.5 % of 35.00 is 4.375
    assert total(day(product="lesson", time="10:00")) == "13700.00 KPW"
    assert total(day(), day(product="lesson", time="10:00")) == money(3500 + 1507, "USD")
    assert total(day(product="lesson", time="10:00"), currency="USD") == "15.07 USD"
    desk.must("price", product="day", **{"class": "abroad"}, amount="20.00 USD", agency="tours")
    assert total(day(2), agency="tours") == "40.00 USD" and total(day(2)) == "70.00 USD"
    desk.must("order", positions=[day(2, date="2019-02-09")])  # held ones have used their price, too
    assert total(day(2, date="2019-02-09")) == money(2800 + 3500, "USD")
    desk.must("order", positions=[day(1, "three", "2019-02-05")])
    taken = {s["slot"]: s["taken"] for s in desk.must("free", resource="visit")["slots"]}
    assert [taken[f"2019-02-0{n}"] for n in range(4, 9)] == [0, 1, 1, 1, 0]
    desk.close()


def test_who_may_come_when(top):
    desk = Desk(top)
    desk.set_up()
    rules = [("*", True, "open to all", {}), ("US", False, "barred", {"from": "2017-09-01"}),
             ("RU", False, "closed", {"from": "2020-01-22", "until": "2024-02-08"}),
             ("US", True, "three weeks of trial", {"from": "2025-02-20", "until": "2025-03-05"})]
    for nationality, may, reason, valid in rules:
        desk.must("rule", nationality=nationality, may=may, reason=reason, **valid)
    seen = desk.must("may", nationality="US", date="2019-02-02")
    assert (seen["may"], seen["reason"], seen["changes"]) == (False, "barred", "2025-02-20"), seen
    assert desk.must("may", nationality="US", date="2025-02-21")["changes"] == "2025-03-06"
    assert desk.must("may", nationality="US", date="2016-02-02")["changes"] == "2017-09-01"
    seen = desk.must("may", nationality="RU", date="2021-02-02")
    assert (seen["may"], seen["changes"]) == (False, "2024-02-09"), seen
    assert "changes" not in desk.must("may", nationality="DE", date="2019-02-02")
    desk.refused("not_eligible", "order", positions=[{"product": "day", "class": "abroad", "persons": [{"nationality": "US"}]}])
    desk.must("order", positions=[{"product": "day", "class": "abroad", "persons": [{"nationality": "RU"}]}])
    desk.close()


def test_deposits_vouchers_and_invoices(top):
    desk = Desk(top)
    desk.set_up()
    desk.must("drawer-open", drawer="till", cashier="one", counted=[{"amount": "500.00 USD"}])
    held = desk.must("order", positions=[day(2, date="2019-02-05")])
    part = desk.must("pay", order=held["order"], deposit_until="2030-02-04", payments=[{"tender": "bank", "amount": "20.00 USD"}])
    assert (part["state"], part["due"]) == ("reserved", "50.00 USD"), part
    gift = desk.must("gift", code="gift-1", amount="30.00 USD", payments=[{"tender": "cash", "drawer": "till"}])
    assert gift["code"] == "gift-1"
    rest = desk.must("pay", order=held["order"], payments=[{"tender": "voucher", "code": "gift-1"}, {"tender": "card"}])
    assert rest["state"] == "sold" and [p["given"] for p in rest["payments"]] == ["30.00 USD", "20.00 USD"], rest
    desk.refused("not_enough", "order", positions=[day()], payments=[{"tender": "voucher", "code": "gift-1"}])
    back = desk.must("cancel", order=held["order"], positions=[{"position": 1}])
    assert [(r["tender"], r["given"]) for r in back["refunds"]] == [("card", "20.00 USD"), ("voucher", "15.00 USD")], back
    tour = desk.must("order", positions=[day(8, date="2019-02-06")], agency="tours", payments=[{"tender": "invoice"}])
    owed = 8 * (3500 - 438)
    assert tour["state"] == "sold" and tour["payments"][0]["given"] == money(owed, "USD"), tour
    less = desk.must("cancel", order=tour["order"], positions=[{"position": 8}], keep="10.00 USD")
    owed -= 3062 - 1000
    assert less["refunds"][0]["given"] == money(2062, "USD"), less
    paid = desk.must("settle", agency="tours", currency="USD", payments=[{"tender": "bank", "amount": "1000.00 CNY"}])
    assert paid["owed"] == money(owed - 14800, "USD"), paid
    moved = desk.must("move", order=held["order"], positions=[{"position": 2}], to=day(product="three", date="2019-02-10"),
                      payments=[{"tender": "cash", "drawer": "till", "amount": "60.00 USD"}])
    assert (moved["total"], moved["due"], moved["payments"][0]["change"]) == ("90.00 USD", "0.00 USD", "5.00 USD"), moved
    cheaper = desk.must("move", order=held["order"], positions=[{"position": 3}], to=day(date="2019-02-05"), drawer="till")
    assert cheaper["total"] == "35.00 USD" and sum(amount(r["for"])[0] for r in cheaper["refunds"]) == 5500, cheaper
    note = books_are_right(desk, top)
    desk.close()
    return note


class Till:
    """What a drawer holds, counted from what was given and taken across it."""

    def __init__(self, desk):
        self.desk, self.holds = desk, {"USD": 100000, "EUR": 50000, "KPW": 9000000, "CNY": 50000, "JPY": 90000, "KWD": 50000}
        desk.must("drawer-open", drawer="till", cashier="one", counted=[{"amount": money(m, c)} for c, m in self.holds.items()])

    def note(self, answer):
        for payment in answer.get("payments", []):
            if payment["tender"] == "cash":
                for word, sign in (("given", 1), ("change", -1)):
                    minor, currency = amount(payment.get(word, "0 USD"))
                    self.holds[currency] += sign * minor
        for refund in answer.get("refunds", []):
            if refund["tender"] == "cash":
                minor, currency = amount(refund["given"])
                self.holds[currency] -= minor


def random_payments(rng, due):
    """Two tenders that may pay it, in any currency, too little or too much."""
    share = rng.choice([Fraction(1, 3), Fraction(1, 2), Fraction(9, 10)])
    currency = rng.choice(list(RATES) + ["USD"])
    first = max(1, int(due * share / Fraction(RATES.get(currency, 1)) * Fraction(10) ** (DIGITS[currency] - 2)))
    payments = [{"tender": "cash", "drawer": "till", "amount": money(first, currency), "change": rng.choice(list(DIGITS))}]
    last = {"tender": rng.choice(["cash", "card", "bank"]), "drawer": "till", "currency": rng.choice(list(RATES) + ["USD"])}
    if rng.random() < 0.3:
        last = {"tender": "cash", "drawer": "till", "amount": money(max(first, 5) * 9, currency), "change": rng.choice(list(DIGITS))}
    return payments + [last] if rng.random() < 0.9 else payments


def random_act(rng, desk, orders):
    kind, date = rng.random(), f"2019-02-{rng.randint(2, 20):02d}"
    if kind < 0.45 or not orders:
        positions = [day(rng.randint(1, 3), date=date)]
        if rng.random() < 0.3:
            positions.append(day(product="lesson", date="2019-02-03", time="10:00"))
        fields = {"positions": positions, "currency": rng.choice(["USD", "EUR", "USD"])}
        if rng.random() < 0.6:
            fields["payments"] = random_payments(rng, sum(p["count"] for p in positions) * 3500)
        if rng.random() < 0.2:
            fields["deposit_until"] = "2030-01-01"
        return "order", fields
    order = rng.choice(orders)
    if kind < 0.65:
        return "pay", {"order": order, "payments": random_payments(rng, 7000), "deposit_until": "2030-01-01"}
    if kind < 0.85:
        fields = {"order": order, "drawer": "till"}
        if rng.random() < 0.7:
            fields["positions"] = [{"position": rng.randint(1, 3)}]
        if rng.random() < 0.3:
            fields["keep"] = money(rng.randint(0, 3000), rng.choice(["USD", "EUR"]))
        if rng.random() < 0.1:
            fields["no_show"] = True
        return "cancel", fields
    return "move", {"order": order, "positions": [{"position": rng.randint(1, 3)}], "drawer": "till",
                    "to": day(product=rng.choice(["day", "three"]), date=date), "payments": [{"tender": "cash", "drawer": "till"}]}


def test_random_days_balance(top):
    days = 20 if os.environ.get("PISTE_TEST_FULL") == "1" else 2
    done = {}
    for number in range(days):
        rng = random.Random(20190202 + number)
        desk = Desk(top, f"day{number}.db")
        desk.set_up()
        till, orders = Till(desk), []
        for _ in range(150):
            act, fields = random_act(rng, desk, orders)
            answer = desk.ask(act, **fields)
            done[(act, answer["status"])] = done.get((act, answer["status"]), 0) + 1
            assert answer["status"] in ("ok", "refused") or "keep: expected" in answer["message"] or "one of them is live" in answer["message"] \
                or answer["message"].startswith("payments"), (act, fields, answer)
            if answer["status"] != "ok":
                continue
            till.note(answer)
            if act == "order":
                orders.append(answer["order"])
        holds = dict(reversed(text.split()) for text in desk.must("drawer", drawer="till")["holds"])
        for currency, minor in till.holds.items():
            assert amount(f"{holds.get(currency, 0)} {currency}")[0] == minor, (currency, minor, holds)
        note = books_are_right(desk, top)
        desk.close()
    for act in ("order", "pay", "cancel", "move"):
        assert done.get((act, "ok"), 0) > 5 * days, done
    return note


def test_the_resorts_own_desk(top):
    """Everything that Masikryong's tariff and catalogue name can be sold; loading them again changes nothing."""
    desk = Desk(top)
    for _ in range(2):
        loaded = desk.run("desk", "load", os.path.join(os.path.dirname(tap.__file__), "..", "resorts", "masikryong"), "--json")
        assert loaded.returncode == 0, loaded.stderr
        entries = json.loads(desk.run("audit", "--json").stdout)["entries"]
    assert json.loads(loaded.stdout)["acts"] >= entries
    desk.must("open", date="2019-02-02")
    with open(os.path.join(os.path.dirname(tap.__file__), "..", "resorts", "masikryong", "desk.jsonl"), encoding="utf-8") as lines:
        acts = [json.loads(line) for line in lines if line.startswith("{")]
    classes = {a["product"]: a["class"] for a in acts if a["act"] == "price"}
    sold = 0
    for product in [a for a in acts if a["act"] == "product"]:
        when = {"time": {"lesson": "10:00", "rink-session": "11:00"}[product["product"]]} if any(
            t.get("slot") == "session" for t in product.get("takes", [])) else {}
        order = desk.must("order", positions=[{"product": product["product"], "date": "2019-02-09", **when,
                                               "class": classes.get(product["product"], "abroad"),
                                               "count": 12 if product["kind"] == "programme" else 9}],
                          payments=[{"tender": "card", "currency": "JPY"}])
        assert order["state"] == "sold" and order["due"].startswith("0.00"), order
        sold += 1
    assert sold >= 10
    room = desk.must("order", positions=[{"product": "hotel-first-first-class", "date": "2019-02-09", "count": 20}])
    assert room["total"] == "5000.00 USD", room
    desk.refused("sold_out", "order", positions=[{"product": "hotel-first-first-class", "date": "2019-02-09"}])
    assert desk.must("free", resource="ski-school", slot="2019-02-09T10:00")["slots"][0]["free"] == 63
    books_are_right(desk, top)
    desk.close()


def test_the_guide_as_it_stands(top):
    """A cashier's day from docs/guide/desk.md, command by command."""
    if SERVER:
        return "SKIP the guide is tried on SQLite"
    root = os.path.abspath(os.path.join(os.path.dirname(tap.__file__), ".."))
    with open(os.path.join(root, "docs", "guide", "desk.md"), encoding="utf-8") as page:
        blocks = re.findall(r"```sh\n(.*?)```", page.read(), re.S)
    script = "set -euo pipefail\n" + "\n".join(blocks).replace("/backup/", "backup/")
    if not (shutil.which("hledger") and shutil.which("bean-check")):
        script = re.sub(r" && (hledger|bean-check).*", "", script)
    os.mkdir(os.path.join(top, "backup"))
    os.symlink(os.path.join(root, "resorts"), os.path.join(top, "resorts"))
    told = subprocess.run(["bash", "-c", script], cwd=top, capture_output=True, text=True, check=False,
                          env={**os.environ, "PATH": os.path.dirname(PISTE) + ":" + os.environ["PATH"]})
    assert told.returncode == 0 and not told.stderr, told.stdout[-800:] + told.stderr
    assert re.search(r"EUR +-1.00 EUR\n", told.stdout) and re.search(r"USD +0.00 USD\n", told.stdout), told.stdout
    assert told.stdout.count("all agree") == 2 and len(blocks) >= 7, told.stdout


def test_a_backup_comes_back(top):
    desk = Desk(top)
    desk.set_up()
    for n in range(5):
        desk.must("order", positions=[day(1 + n)], payments=[{"tender": "card"}])
    path, again = os.path.join(top, "backup.db"), os.path.join(top, "again.db")
    made = desk.run("backup", path, "--json")
    assert made.returncode == 0, made.stderr
    assert desk.run("backup", path).returncode == 5  # never written over
    want = json.loads(made.stdout)
    back = subprocess.run([PISTE, "restore", path, "--db", again, "--json"], capture_output=True, text=True, check=False)
    assert back.returncode == 0 and json.loads(back.stdout) == want, (back.stdout, back.stderr, want)
    assert subprocess.run([PISTE, "restore", path, "--db", again], capture_output=True, check=False).returncode == 5
    assert sorted(os.listdir(top))[:2] == ["again.db", "backup.db"] and not any(".part" in n for n in os.listdir(top))
    # A backup in which a byte was changed is found out, and not restored.
    with open(path, "rb") as source:
        data = bytearray(source.read())
    at = data.index(b"Assets:Card:card")
    data[at + 12:at + 16] = b"bank"
    with open(path, "wb") as out:
        out.write(data)
    bad = subprocess.run([PISTE, "restore", path, "--db", os.path.join(top, "third.db")], capture_output=True, text=True, check=False)
    assert bad.returncode == 1 and "its hash is another" in bad.stderr and not os.path.exists(os.path.join(top, "third.db")), bad
    desk.close()


def at_a_terminal(words, *lines):
    """Runs piste at a terminal, types each line once it was asked for; (exit code, what the terminal showed)."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(words[0], words)
    shown = b""
    waiting = list(lines)
    while True:
        assert select.select([terminal], [], [], 60)[0], (words, shown, "waits for ever")
        try:
            got = os.read(terminal, 4096)
        except OSError:  # the other side has ended
            break
        if not got:
            break
        shown += got
        if waiting and shown.endswith((b"Password: ", b"Once more: ")):
            os.write(terminal, waiting.pop(0).encode())
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


def test_a_password_needs_no_command_line(top):
    desk = Desk(top)
    desk.must("open", date="2019-02-02")
    desk.close()
    secret = "correct horse battery"

    def account(given, *more):
        return subprocess.run([PISTE, "desk", "account", "name=till-1", "roles=cashier", "password=-", *more, "--db", desk.db],
                              input=given, capture_output=True, text=True, check=False)

    assert account(secret + "\nand more\n").returncode == 0
    for given, code, why in [("", 4, "nothing came"), ("\n", 4, "nothing came"), ("short\n", 4, "fewer than 12"), ("x" * 300, 4, "more than 255")]:
        done = account(given)
        assert done.returncode == code and why in done.stderr + done.stdout, (given, done)
    words = [PISTE, "desk", "account", "name=till-2", "roles=cashier", "password=-", "--db", desk.db]
    code, shown = at_a_terminal(words, secret + "\n", secret + "\n")
    assert code == 0 and secret not in shown, shown
    code, shown = at_a_terminal(words, secret + "\n", secret + "s\n")
    assert code == 4 and "not the same" in shown and secret not in shown, shown
    code, shown = at_a_terminal(words, "\x03\n")
    assert code == 130, (code, shown)
    if not SERVER:
        with open(desk.db, "rb") as file:
            assert secret.encode() not in file.read()
    assert desk.run("audit").returncode == 0


if __name__ == "__main__":
    if SERVER and not shutil.which("psql"):
        print("1..0 # SKIP psql is not installed")
        sys.exit(0)
    sys.exit(tap.run(globals()))
