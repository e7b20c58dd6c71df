#!/usr/bin/env python3
"""test/serve/shop.py - the shop's API, as a guest's page uses it: prices, orders by code, payment, waiting, passes, people.

    shop.py PISTE     the desk is a file, or the PostgreSQL database that PISTE_TEST_DATABASE names
"""
import hashlib
import json
import os
import re
import secrets
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "desk"))
import tap  # noqa: E402
from bad_provider import BadProvider  # noqa: E402
from server import PISTE, Server, expect  # noqa: E402

DAY = "2026-12-05"


def code():
    return secrets.token_hex(16)


def minor(text):
    number, currency = text.split()
    return round(float(number) * (1 if currency in ("JPY", "KRW") else 100)), currency


class Shop(Server):
    def __init__(self, top, *words, **more):
        super().__init__(top, *words, **more)
        self.load()
        self.desk("open", f"date={DAY}", "--key", "open-day")
        season = {"from": DAY, "until": "2027-01-31"}
        for resource, capacity in (("visit", 2000), ("rental/poles", 500), ("early-bird", 20)):
            self.act("cap", resource=resource, capacity=capacity, **season)
        self.act("cap", resource="ski-school", capacity=20, times=[{"time": "10:00"}, {"time": "13:00"}], **season)
        self.guest = self.client()

    def act(self, act, **fields):
        """An act of the desk, beside the server."""
        fields = {"act": act, "key": f"beside-{secrets.token_hex(8)}", **fields}
        if act in ("quote", "receipt", "show", "charges", "report", "free", "agreement", "person-find"):
            del fields["key"]
        done = subprocess.run([PISTE, "desk", "do", "-", "--json", "--db", self.db, "--vault", os.path.join(self.data, "vault")],
                              input=json.dumps(fields) + "\n", capture_output=True, text=True, check=False)
        answer = json.loads(done.stdout)
        expect(answer["status"] == "ok", fields, answer)
        return answer

    def order(self, positions, own=None, expected=200, **more):
        own = own or code()
        got, answer = self.guest.post("/api/shop/orders", code=own, positions=positions, **more)
        expect(got == expected, got, answer)
        return answer.get("order"), own, answer

    def mine(self, order, own, path="", expected=200, **fields):
        got, answer = self.guest.post(f"/api/shop/orders/{order}{path}", code=own, **fields)
        expect(got == expected, path, got, answer)
        return answer

    def provider(self, evil=0.0, seed=5):
        bad = BadProvider(seed, evil=evil)
        self.act("provider", provider="terminal", url=bad.url, wait_ms=300)
        return bad

    def paid(self, positions, **more):
        """An order that is sold, by a provider that behaves."""
        order, own, _ = self.order(positions, **more)
        self.mine(order, own, "/pay", key="pay", provider="terminal")
        self.until(lambda: self.mine(order, own)["state"] == "sold", "the order is not sold")
        return order, own

    @staticmethod
    def until(true, what, for_s=20):
        end = time.monotonic() + for_s
        while not true():
            expect(time.monotonic() < end, what)
            time.sleep(0.05)

    def accounts(self):
        told = self.act("report", **{"from": DAY, "until": DAY})["accounts"]
        return {line["account"]: line["amount"] for line in told}

    def audit(self):
        done = subprocess.run([PISTE, "audit", "--db", self.db], capture_output=True, text=True, check=False)
        expect(done.returncode == 0, done.stdout, done.stderr)

    def published(self):
        """What the gates are told now."""
        with open(os.path.join(self.data, "published", "lists.signed"), encoding="utf-8") as f:
            return json.loads(f.read().split("\n", 1)[1])

    def lists(self):
        with open(os.path.join(self.data, "office", "lists.json"), encoding="utf-8") as f:
            return json.load(f)


def position(product="day-pass", who="abroad", date="2026-12-10", **more):
    return {"product": product, "class": who, "date": date, **more}


def test_the_price_is_the_quotes_and_the_ledgers(top):
    with Shop(top) as s:
        bad = s.provider()
        tried = 0
        for currency in s.guest.get("/api/shop")[1]["currencies"]:
            wanted = [position(count=2), position("day-with-equipment", "child"), position("lesson", time="13:00")]
            quote = s.guest.post("/api/shop/quote", positions=wanted, currency=currency)[1]
            expect({**quote, "entry": 0} == {**s.act("quote", positions=wanted, currency=currency), "entry": 0}, "the shop's is the desk's")
            expect(sum(minor(line["amount"])[0] for line in quote["lines"]) == minor(quote["total"])[0], quote)
            before = s.accounts()
            order, own = s.paid(wanted, currency=currency)
            receipt = s.mine(order, own)
            expect(receipt["total"] == quote["total"] == receipt["paid"], quote, receipt)
            prices = {}
            for p in receipt["positions"]:
                prices[p["product"]] = prices.get(p["product"], 0) + minor(p["price"])[0]
            lines = {}
            for line in quote["lines"]:
                lines[line["product"]] = lines.get(line["product"], 0) + minor(line["amount"])[0]
                reasons = line["reasons"]
                expect((reasons.get("rate") is None) == (currency == "USD"), reasons)
                if "rate" in reasons:
                    expect(reasons["rate"]["source"] and re.match(r"\d{4}-\d\d-\d\d$", reasons["rate"]["date"]), reasons)
            expect(prices == lines, prices, lines)
            ledger = s.act("report", **{"from": DAY, "until": DAY})["accounts"]
            income = -sum(minor(a["amount"])[0] for a in ledger if a["account"].startswith("Income:") and a["amount"].endswith(currency))
            expect(income == minor(quote["total"])[0], currency, income, quote["total"], before)
            expect(bad.books()[currency] == income, bad.books(), currency)
            tried += 1
        expect(tried == 5, tried)
        s.audit()
        bad.close()


def test_a_voucher_takes_something_off_once(top):
    with Shop(top) as s:
        s.act("discount", code="family10", percent="10", uses=3)
        quote = s.guest.post("/api/shop/quote", positions=[position(count=2)], voucher="family10")[1]
        expect(quote["total"] == "63.00 USD" and quote["lines"][0]["reasons"]["voucher"] == "family10", quote)
        expect(quote["lines"][0]["reasons"]["list"] == "35.00 USD", quote)
        expect(s.order([position(count=2)], voucher="family10")[2]["total"] == "63.00 USD")
        expect(s.order([position(count=2)], voucher="family10")[2]["total"] == "66.50 USD", "one use is left")
        expect(s.order([position()], voucher="family10", expected=409)[2]["reason"] == "voucher_invalid")


def test_the_same_code_is_the_same_order(top):
    with Shop(top) as s:
        order, own, first = s.order([position(count=3)])
        for _ in range(3):
            _, _, again = s.order([position(count=3)], own=own)
            expect({**again, "at_ms": 0} == {**first, "at_ms": 0}, first, again)
        calendar = s.guest.get("/api/shop/calendar?product=day-pass&from=2026-12-10&until=2026-12-10")[1]
        expect(calendar["days"][0]["free"] == 1997, calendar)
        s.order([position(count=4)], own=own, expected=422)
        # All at once: still one.
        own, seen = code(), []

        def ask():
            seen.append(s.client().post("/api/shop/orders", code=own, positions=[position()]))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        expect(len({a[1]["order"] for a in seen}) == 1, seen)
        expect(seen[0][1]["until_ms"] - seen[0][1]["at_ms"] <= 900000)


def test_the_code_is_kept_nowhere(top):
    with Shop(top) as s:
        order, own, _ = s.order([position()])
        s.mine(order, own)
        if s.db.startswith("postgres"):
            return "SKIP the files are the server's"
        key = "web-" + hashlib.blake2b(bytes.fromhex(own), digest_size=16).hexdigest()
        found = False
        for folder, _, files in os.walk(top):
            for name in files:
                with open(os.path.join(folder, name), "rb") as f:
                    data = f.read()
                expect(own.encode() not in data and bytes.fromhex(own) not in data, name)
                found |= key.encode() in data
        expect(found, "the hash is the key of the act")
        return None


def test_a_stranger_gets_what_is_not_there(top):
    with Shop(top) as s:
        order, own, _ = s.order([position()])
        nothing = s.guest.post("/api/shop/orders/999999999", code=own)
        paths = ["", "/pay", "/cancel", "/move", "/sign", "/export", "/erase", "/passes", "/cards.pdf", "/card.svg"]
        more = {"/pay": {"key": "k", "provider": "terminal"}, "/cancel": {"key": "k"}, "/erase": {"key": "k"}, "/export": {"key": "k"},
                "/move": {"key": "k", "positions": [{"position": 1}], "to": {"date": "2026-12-11"}},
                "/sign": {"key": "k", "agreement": "waiver", "version": 1, "language": "en", "person": 1}}
        for path in paths:
            for number in (str(order), "999999999", "0", "-1", "x", "9" * 30):
                for other in (code(), "zz", own[:-1] + ("0" if own[-1] != "0" else "1")):
                    got = s.guest.post(f"/api/shop/orders/{number}{path}", code=other, **more.get(path, {}))
                    expect(got == nothing and got[0] == 404, path, number, other, got, nothing)
        # The code of one order opens no other, and a place in the list is no order.
        other, other_code, _ = s.order([position()])
        expect(s.guest.post(f"/api/shop/orders/{order}", code=other_code) == nothing)
        expect(s.guest.post(f"/api/shop/waiting/{order}", code=own) == nothing)
        expect(s.mine(other, other_code)["order"] == other)

        # As long, too: whoever times the answers learns nothing. The two are asked in turn; medians differ by less than a tenth
        # of what one of them takes, or by less than a tenth of a millisecond.
        def took(number, known):
            begin = time.perf_counter()
            s.guest.post(f"/api/shop/orders/{number}", code=known)
            return time.perf_counter() - begin

        there, missing = [], []
        for _ in range(400):
            there.append(took(order, code()))
            missing.append(took(888888888, code()))
        a, b = sorted(there)[200], sorted(missing)[200]
        expect(abs(a - b) < max(0.1 * a, 1e-4), a, b)
        return f"median {a * 1e6:.0f} and {b * 1e6:.0f} us"


def test_guessing_is_slowed_down(top):
    with Shop(top, rate="50") as s:
        order, own, _ = s.order([position()])
        answers = [s.guest.post(f"/api/shop/orders/{order}", code=code())[0] for _ in range(60)]
        expect(429 in answers and set(answers) == {404, 429}, answers)
        s.mine(order, own)  # whoever has the code is not kept out
        answers = [s.guest.post("/api/shop/orders", code=code(), positions=[position(count=50)])[0] for _ in range(6)]
        expect(answers[:3] == [200] * 3 and answers[-1] == 429, "nobody holds the whole hill", answers)


def test_what_is_free_or_large_is_the_desks(top):
    with Shop(top) as s:
        _, _, answer = s.order([position(who="athlete")], expected=409)
        expect(answer["reason"] == "at_desk", answer)
        shown = s.guest.get("/api/shop")[1]["products"]
        expect(all(minor(p["amount"])[0] > 0 for product in shown for p in product["prices"]))
        _, _, answer = s.order([position(count=30), position(count=30)], expected=409)
        expect(answer["reason"] == "too_many_persons", answer)
        group = {"product": "day-with-equipment", "class": "group", "date": "2026-12-10"}
        expect(s.order([{**group, "count": 9}], expected=409)[2]["reason"] == "no_group")
        expect(s.guest.post("/api/shop/quote", positions=[{**group, "persons": [{"class": "group"}]}])[1]["reason"] == "no_group")
        s.order([{**group, "count": 10}])
        s.act("agency", agency="tours", name="Tours", discount_percent="50", limit="1000.00 USD")
        expect(s.guest.post("/api/shop/quote", positions=[position()], agency="tours")[0] == 422, "no agency's price for a guest")
        expect(s.guest.post("/api/shop/orders", code=code(), positions=[{**position(), "persons": [{"person": 1}]}])[0] == 422)
        got, answer = s.guest.post("/api/shop/quote", positions=[{**position(), "persons": [{"nationality": "US", "class": "abroad"}]}])
        expect(answer["reason"] == "not_eligible" and "bars" in answer["message"], got, answer)


def test_pay_once_whatever_is_sent_again(top):
    with Shop(top) as s:
        bad = s.provider(evil=0.5)
        orders = []
        for i in range(8):
            order, own, _ = s.order([position()])
            seen = []

            def pay(key, order=order, own=own, seen=seen):
                seen.append(s.client().post(f"/api/shop/orders/{order}/pay", code=own, key=key, provider="terminal"))

            # A page that is loaded anew sends the same key again; another tab has another one.
            threads = [threading.Thread(target=pay, args=(k,)) for k in ("one", "one", "two")]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            for got, answer in seen:
                expect(got == 200 or answer["reason"] in ("charge_open", "nothing_due", "hold_ended"), answer)
            orders.append((order, own))
            if i == 4:
                s.stop(9)
                s.start()
                s.guest = s.client()
        bad.evil = 0
        for order, own in orders:
            s.until(lambda order=order, own=own: not any(c["open"] for c in s.mine(order, own)["charges"]), "a charge stays open")
            receipt = s.mine(order, own)
            net = sum(minor(c["captured"])[0] - minor(c["refunded"])[0] for c in receipt["charges"])
            expect(net == (3500 if receipt["state"] == "sold" else 0), receipt)
        expect(bad.books().get("USD", 0) == 3500 * sum(s.mine(*o)["state"] == "sold" for o in orders))
        s.audit()
        note = f"{sum(s.mine(*o)['state'] == 'sold' for o in orders)} of {len(orders)} sold, {bad.calls} calls"
        bad.close()
        return note


def test_the_last_place_and_the_list(top):
    with Shop(top) as s:
        s.act("cap", resource="visit", **{"from": "2026-12-10", "until": "2026-12-10"}, capacity=3)
        order, own, _ = s.order([position(count=2)])
        seen = []

        def ask():
            seen.append(s.client().post("/api/shop/orders", code=code(), positions=[position()]))

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        expect(sorted(a[0] for a in seen) == [200] + [409] * 5, seen)
        expect({a[1].get("reason") for a in seen if a[0] != 200} == {"sold_out"}, seen)
        lists = []
        for count in (2, 1):
            mine = code()
            got, answer = s.guest.post("/api/shop/waiting", code=mine, product="day-pass", date="2026-12-10", count=count, **{"class": "abroad"})
            expect((got, answer["state"], answer["before"]) == (200, "waiting", len(lists)), answer)
            again = s.guest.post("/api/shop/waiting", code=mine, product="day-pass", date="2026-12-10", count=count, **{"class": "abroad"})[1]
            expect(again["waiting"] == answer["waiting"], again)
            lists.append((answer["waiting"], mine))
        got, answer = s.guest.post("/api/shop/waiting", code=code(), product="day-pass", date="2026-12-11")
        expect(answer["reason"] == "not_full", answer)
        s.mine(order, own, "/cancel", key="c")  # two places come back: the first party's
        (first, first_code), (second, second_code) = lists
        state = s.guest.post(f"/api/shop/waiting/{first}", code=first_code)[1]
        expect(state["state"] == "offered" and state["until_ms"] > state["at_ms"], state)
        expect(s.guest.post(f"/api/shop/waiting/{second}", code=second_code)[1]["before"] == 0)
        # Another's offer is not to be had, nor without its code.
        s.order([position()], expected=409)
        s.order([position()], expected=409, waiting=first, waiting_code=second_code)
        taken, taken_code, answer = s.order([position(count=2)], waiting=first, waiting_code=first_code)
        s.order([position(count=2)], own=taken_code, waiting=first, waiting_code=first_code)  # again: the same
        expect(s.guest.post(f"/api/shop/waiting/{first}", code=first_code)[1]["state"] == "ended")
        s.mine(taken, taken_code, "/cancel", key="c")
        # Whoever gives an offer up, or leaves, makes room for the next.
        expect(s.guest.post(f"/api/shop/waiting/{second}", code=second_code)[1]["state"] == "offered")
        for _ in range(2):
            expect(s.guest.post(f"/api/shop/waiting/{second}/leave", code=second_code, key="l")[1]["state"] == "ended")
        s.order([position(count=2)])
        s.audit()


def test_the_calendar_is_what_can_be_sold(top):
    with Shop(top) as s:
        s.act("cap", resource="visit", **{"from": "2026-12-10", "until": "2026-12-12"}, capacity=5)
        s.act("allot", resource="visit", slot="2026-12-11", capacity=5, quotas=[{"name": "class:national", "kept": 4}])
        ask = "/api/shop/calendar?product={}&from=2026-12-09&until=2026-12-12&class={}"
        days = {d["date"]: d["free"] for d in s.guest.get(ask.format("day-pass", "abroad"))[1]["days"]}
        expect(days["2026-12-10"] == 5 and days["2026-12-11"] == 1, days)
        days = {d["date"]: d["free"] for d in s.guest.get(ask.format("day-pass", "national"))[1]["days"]}
        expect(days["2026-12-11"] == 5, days)
        days = {d["date"]: d["free"] for d in s.guest.get(ask.format("three-days", "abroad"))[1]["days"]}
        expect(days["2026-12-09"] == 1, "all three of its days", days)
        # Every day: as many as it says can be sold, and not one more.
        for day in s.guest.get(ask.format("day-pass", "abroad"))[1]["days"]:
            if day["free"] < 10:
                s.order([position(date=day["date"], count=day["free"] + 1)], expected=409)
                s.order([position(date=day["date"], count=day["free"])])
        expect(all(d["free"] == 0 for d in s.guest.get(ask.format("day-pass", "abroad"))[1]["days"] if d["date"] > "2026-12-09"))
        expect(s.guest.get("/api/shop/calendar?product=day-pass&from=2026-12-01&until=2027-12-01")[0] == 422)
        expect(s.guest.get("/api/shop/calendar?product=none&from=2026-12-06&until=2026-12-07")[1]["reason"] == "no_product")


def scan(s, gate, token):
    done = subprocess.run([PISTE, "gate", "judge", gate, "-", "--times", "--json", "-"],
                          input=json.dumps({"pass": token, "time-s": scan.time_s}) + "\n", capture_output=True, text=True, check=False)
    scan.time_s += 7200
    return json.loads(done.stdout)["reason"]


def test_passes_open_gates_until_they_are_cancelled(top):
    with Shop(top) as s:
        bad = s.provider()
        order, own, _ = s.order([position(count=2)])
        expect(s.mine(order, own, "/passes", expected=409)["reason"] == "not_paid")
        order, own = s.paid([position(count=2), position("dinner", "anyone")])
        passes = s.mine(order, own, "/passes")["passes"]
        expect([p["position"] for p in passes] == [1, 2], "no gate asks for a dinner", passes)
        expect(len({p["token"] for p in passes}) == 2 and passes == s.mine(order, own, "/passes")["passes"], "the same each time")
        receipt = s.mine(order, own)
        expect([p["pass"] for p in receipt["positions"]][:2] == [p["pass"] for p in passes], receipt)
        expect("2026-12-10" in passes[0]["valid"] and passes[0]["svg"].startswith("<svg"), passes[0]["valid"])
        for language, opens in (("ko", "모든 리프트"), ("ru", "Все подъёмники"), ("en", "All lifts"), ("de", "All lifts")):
            told = s.mine(order, own, "/passes", language=language)["passes"][0]
            expect(opens in told["opens"] and told["token"] == passes[0]["token"], language, told["opens"])
            pdf = s.guest.ask("POST", f"/api/shop/orders/{order}/cards.pdf", {"code": own, "language": language})
            expect(pdf[0] == 200 and pdf[1].startswith(b"%PDF"), language, pdf[0])
        pdf = s.guest.ask("POST", f"/api/shop/orders/{order}/cards.pdf", {"code": own})
        expect(pdf[0] == 200 and pdf[1].startswith(b"%PDF"), pdf[0])
        svg = s.guest.ask("POST", f"/api/shop/orders/{order}/card.svg", {"code": own, "positions": [{"position": 2}]})
        expect(svg[0] == 200 and b"<svg" in svg[1])
        # A gate that is made of what the server has published, once there is something: the first cancellation.
        other, other_code = s.paid([position()])
        gone = s.mine(other, other_code, "/passes")["passes"][0]
        s.mine(other, other_code, "/cancel", key="c")
        s.until(lambda: os.path.exists(os.path.join(s.data, "published", "lists.signed")), "nothing is published")
        s.until(lambda: any(r[0] == gone["pass"] for r in s.lists()["revoked"]), s.lists())
        gate = os.path.join(top, "gate")
        done = subprocess.run([PISTE, "gate", "make", gate, os.path.join(s.data, "published"), "--number", "1", "--at", "gondola"],
                              capture_output=True, text=True, check=False)
        expect(done.returncode == 0, done.stderr)
        scan.time_s = passes[0]["from_ms"] // 1000 + 6 * 3600
        expect(scan(s, gate, passes[0]["token"]) == "open")
        expect(scan(s, gate, gone["token"]) == "revoked")
        # One of two, and one moved to another day: the old passes are worth nothing, the new one opens.
        s.mine(order, own, "/cancel", key="one", positions=[{"position": 1}])
        s.mine(order, own, "/move", key="two", positions=[{"position": 2}], to={"date": "2026-12-12"})
        new = s.mine(order, own, "/passes")["passes"]
        expect(len(new) == 1 and "2026-12-12" in new[0]["valid"], new)
        s.until(lambda: {p["pass"] for p in passes} <= {r[0] for r in s.lists()["revoked"]}, "not both are revoked")
        expect({r[0] for r in s.lists()["revoked"]} == {gone["pass"], *(p["pass"] for p in passes)}, s.lists())
        expect(s.published()["revoked"] == s.lists()["revoked"])
        # At the till, by the command line, while the server is down: the lists follow when it is back.
        last, last_code = s.paid([position()])
        number = s.mine(last, last_code, "/passes")["passes"][0]["pass"]
        s.stop()
        s.act("cancel", order=last)
        s.start()
        s.guest = s.client()
        s.until(lambda: any(r[0] == number for r in s.lists()["revoked"]), "a cancellation at the till is lost")
        bad.close()


def passes_of(top, day):
    """What is answered to who asks for the pass of a day."""
    with Server(top) as s:
        s.load()
        s.desk("open", f"date={day}", "--key", "open-day")
        s.desk("cap", f"from={day}", f"until={day}", "capacity=10", "--key", "cap-of-day")
        own = code()
        order = s.client().post("/api/shop/orders", code=own, positions=[position(date=day)])[1]["order"]
        s.desk("pay", f"order={order}", "payments.tender=bank", "payments.reference=x", "--key", "pay")
        return s.client().post(f"/api/shop/orders/{order}/passes", code=own)


def test_days_before_passes_are_told(top):
    got, answer = passes_of(top, "1999-12-30")
    expect((got, answer.get("reason")) == (409, "no_pass"), got, answer)


def test_a_season_before_2020_has_passes(top):
    got, answer = passes_of(top, "2019-02-10")
    expect(got == 200 and len(answer["passes"]) == 1, got, answer)


def test_cancel_gives_back_as_it_came(top):
    with Shop(top) as s:
        bad = s.provider()
        order, own = s.paid([position(count=3)], currency="EUR")
        before = bad.books()["EUR"]
        answer = s.mine(order, own, "/cancel", key="c", positions=[{"position": 2}])
        back = minor(answer["refunds"][0]["given"])
        s.until(lambda: bad.books()["EUR"] == before - back[0], (bad.books(), back))
        again = s.mine(order, own, "/cancel", key="c", positions=[{"position": 2}])
        expect(again == answer, again)
        expect(back[0] == before // 3, back, before)
        # What is to be used today, or was paid in cash, is the desk's.
        today, today_code = s.paid([position(date=DAY)])
        expect(s.mine(today, today_code, "/cancel", expected=409, key="c")["reason"] == "too_late")
        s.act("drawer-open", drawer="till-1", cashier="one", counted=[{"amount": "100.00 USD"}])
        cash, cash_code, _ = s.order([position()], pay="till")
        s.act("pay", order=cash, payments=[{"tender": "cash", "drawer": "till-1", "amount": "35.00 USD"}])
        expect(s.mine(cash, cash_code, "/cancel", expected=409, key="c")["reason"] == "at_till")
        expect(s.mine(cash, cash_code, "/move", key="m", positions=[{"position": 1}], to={"date": "2026-12-13"})["state"] == "sold")
        expect(s.mine(cash, cash_code, "/move", key="m", positions=[{"position": 1}], to={"date": "2026-12-13"})["state"] == "sold")
        held, held_code, _ = s.order([position(date=DAY)])
        s.mine(held, held_code, "/cancel", key="c")
        expect(s.mine(held, held_code)["state"] == "ended")
        s.audit()
        bad.close()


def people(s):
    s.act("purpose", purpose="ticket", name="Holders of season passes", fields="name birth email", basis="contract", keep_days=365)
    s.act("need", product="season-pass", purpose="ticket", required=True)
    s.act("agreement-text", agreement="waiver", version=1, language="en", title="Skiing at your own risk", words="I know the slopes.",
          leader=True, keep_days=1095)


def season(name, birth, **more):
    return {"class": "national", "holder": [{"purpose": "ticket", "data": {"name": name, "birth": birth}}], **more}


def test_people_sign_see_and_erase_what_is_theirs(top):
    with Shop(top) as s:
        bad = s.provider()
        people(s)
        # The office asks for a signature before a season pass opens anything.
        other, other_code, _ = s.order([position()])
        s.mine(other, other_code, "/cancel", key="c")
        wanted = [{"product": "season-pass", "date": "2026-12-10", "persons": [season("김철수", "1980-05-06"), season("Child One", "2010-01-01")]}]
        expect(s.order([position("season-pass", "national")], expected=409)[2]["reason"] == "holder_missing")
        table = os.path.join(s.data, "office", "table.json")
        first, first_code = s.paid([position()])
        s.mine(first, first_code, "/passes")  # there is an office from now on
        with open(table, encoding="utf-8") as f:
            told = json.load(f)
        for p in told["products"]:
            p["waiver"] = p["key"] == "season"
        with open(table, "w", encoding="utf-8") as f:
            json.dump(told, f)
        order, own = s.paid(wanted)
        receipt = s.mine(order, own)
        expect([p["is_customer"] for p in receipt["persons"]] == [True, False], receipt["persons"])
        adult, child = (p["person"] for p in receipt["persons"])
        expect(all(p["waiver_due"] for p in s.mine(order, own, "/passes")["passes"]))
        sign = {"agreement": "waiver", "version": 1, "language": "en"}
        expect(s.mine(order, own, "/sign", expected=409, key="1", person=child, **sign)["reason"] == "guardian_needed")
        expect(s.mine(order, own, "/sign", expected=409, key="2", person=child, signer=999, authority="guardian", **sign)["reason"] == "no_person")
        s.mine(order, own, "/sign", key="3", person=child, signer=adult, authority="guardian", **sign)
        s.mine(order, own, "/sign", key="4", person=adult, **sign)
        s.until(lambda: not any(p["waiver_due"] for p in s.mine(order, own, "/passes")["passes"]), "the lists lack a waiver")
        expect(set(s.published()["waived"]) == {p["pass"] for p in receipt["positions"]}, s.published())
        expect(len([g for g in s.mine(order, own)["agreements"] if g["counts"]]) == 2)
        documents = s.mine(order, own, "/export", key="x")["persons"]
        expect([d["data"][0]["data"]["name"] for d in documents] == ["김철수", "Child One"], documents)
        # Whoever is named first has ordered, and leads: where the text allows it, that one signs for the others.
        group, group_code = s.paid([{"product": "season-pass", "date": "2026-12-10", "persons": [season("Leader", "1970-01-01"), season("Follower", "1991-01-01")]}])
        leader, follower = (p["person"] for p in s.mine(group, group_code)["persons"])
        expect(s.mine(group, group_code, "/sign", expected=409, key="1", person=leader, signer=follower, authority="leader", **sign)["reason"] == "no_authority")
        s.mine(group, group_code, "/sign", key="2", person=follower, signer=leader, authority="leader", **sign)
        # Another order's persons are none of theirs.
        order2, own2 = s.paid([{"product": "season-pass", "date": "2026-12-10", "persons": [season("Guest Two", "1990-01-01")]}])
        expect(len(s.mine(order2, own2, "/export", key="x")["persons"]) == 1)
        s.mine(order2, own2, "/erase", key="e", person=adult)
        expect(len(s.mine(order, own, "/export", key="y")["persons"]) == 2)
        gone = s.mine(order, own, "/erase", key="e")["persons"]
        expect([g["erased"] for g in gone] == [["ticket"], ["ticket"]], gone)
        expect(s.mine(order, own)["persons"] == [], s.mine(order, own)["persons"])
        s.mine(order, own, "/erase", key="e")
        expect(len(s.mine(order2, own2, "/export", key="z")["persons"]) == 1)
        s.audit()
        bad.close()


def test_nobody_is_kept_of_an_order_that_is_refused(top):
    with Shop(top) as s:
        people(s)
        s.act("product", product="season-pass", name="Season pass", kind="season", takes=[{"resource": "early-bird"}])
        s.act("cap", resource="early-bird", **{"from": "2026-12-10", "until": "2026-12-10"}, capacity=1)
        wanted = [{"product": "season-pass", "date": "2026-12-10", "persons": [season("Guest One", "1980-05-06")]}]
        order, own, _ = s.order(wanted)
        s.order(wanted, own=own)  # again: neither another order nor another person
        _, _, answer = s.order(wanted, expected=409)
        expect(answer["reason"] == "sold_out", answer)
        held = json.loads(s.desk("retention"))["purposes"][0]["held"]
        expect(held == 1, held)
        _, _, answer = s.order([{"product": "season-pass", "date": "2026-12-11", "persons": [
            {"class": "national", "holder": [{"purpose": "ticket", "data": {"name": "x", "weight_kg": 80}}]}]}], expected=409)
        expect(answer["reason"] == "not_needed", answer)
        s.audit()


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
