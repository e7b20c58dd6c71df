"""test/desk/bad_provider.py - a payment provider on this machine that misbehaves on purpose, and keeps right books of what it did.

    bad = BadProvider(seed)      # bad.url, bad.books(), bad.charges; bad.evil = 0 makes it behave
"""
import http.server
import json
import random
import socket
import struct
import threading
import time

FAULTS = ["late", "reset-before", "reset-after", "half", "error-before", "error-after", "lie", "slow", "garbage"]


class BadProvider:
    def __init__(self, seed, evil=0.5, wait_s=0.15):
        self.random = random.Random(seed)
        self.evil, self.wait_s = evil, wait_s
        self.lock = threading.Lock()
        self.charges, self.order = {}, []
        self.faults, self.notices, self.calls = {}, [], 0
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def log_message(self, *_):
                pass

            def do_GET(self):
                provider.answer(self, None)

            def do_POST(self):
                length = int(self.headers.get("Content-Length") or 0)
                provider.answer(self, json.loads(self.rfile.read(length)))

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # ---- what really happens

    def books(self):
        """Net captured per currency, minor units."""
        sums = {}
        with self.lock:
            for c in self.charges.values():
                sums[c["currency"]] = sums.get(c["currency"], 0) + c["captured"] - c["refunded"]
        return {k: v for k, v in sums.items() if v}

    def chance(self, probability):
        return self.random.random() < probability * (self.evil > 0)

    def act(self, verb, body):
        key = body["key"]
        c = self.charges.get(key)
        if verb == "authorise":
            if c is None:
                c = {"key": key, "state": "authorised", "currency": body["currency"], "authorised": body["amount"], "captured": 0,
                     "refunded": 0, "refunds": []}
                if self.chance(0.08):
                    c["state"], c["authorised"] = "refused", 0
                elif self.chance(0.05):
                    c["authorised"] += self.random.choice([-1, 1, 500])  # another amount than was asked for
                elif self.chance(0.05):
                    c["captured"] = c["authorised"]  # a terminal that captures at once
                    c["state"] = "captured"
                self.charges[key] = c
                self.order.append(key)
        elif verb == "cancel":
            if c is None:
                self.charges[key] = {"key": key, "state": "cancelled", "currency": "USD", "authorised": 0, "captured": 0, "refunded": 0,
                                     "refunds": []}
                self.order.append(key)
            elif c["state"] in ("authorised", "pending") and not c["captured"]:
                c["state"] = "cancelled"
        elif verb == "capture" and c and c["state"] == "authorised":
            if self.chance(0.08):
                c["state"] = "refused"  # late
            else:
                c["state"] = "captured"
                c["captured"] = c["authorised"]
                if self.chance(0.06):
                    c["captured"] += self.random.choice([-1, 1, 700])  # a wrong amount
                elif self.chance(0.06):
                    c["captured"] *= 2  # charged twice
        elif verb == "capture" and c and c["state"] == "captured" and self.chance(0.05):
            c["captured"] += body["amount"]  # charged once more, when asked once more
        elif verb == "refund" and c and all(r["refund"] != body["refund"] for r in c["refunds"]):
            done = body["amount"] <= c["captured"] - c["refunded"]
            c["refunds"].append({"refund": body["refund"], "state": "done" if done else "refused", "amount": body["amount"]})
            c["refunded"] += body["amount"] if done else 0
        for _ in range(self.random.choice([0, 1, 1, 3])):
            self.notices.insert(self.random.randrange(len(self.notices) + 1), key)  # in any order, and more than once

    # ---- what is told of it

    def look(self, path):
        if path.startswith("/v1/charge/"):
            return self.charges.get(path[11:]) or {"state": "unknown"}
        after = int(path.split("=")[1])
        page = self.order[after:after + 7]
        return {"charges": [self.charges[k] for k in page], "next": after + 7 if after + 7 < len(self.order) else 0}

    def answer(self, request, body):
        with self.lock:
            self.calls += 1
            fault = self.random.choice(FAULTS) if self.random.random() < self.evil else ""
            self.faults[fault] = self.faults.get(fault, 0) + 1
        if fault == "reset-before":
            return self.reset(request)
        if fault == "error-before":
            return self.send(request, 500, b"no")
        if fault == "late":  # done after the caller has given up
            time.sleep(self.wait_s * (1 + self.random.random()))
        with self.lock:
            if body is not None:
                self.act(request.path[4:], body)
                told = {"state": "done"}
            else:
                told = json.loads(json.dumps(self.look(request.path)))
        data = json.dumps(told).encode()
        if fault == "reset-after":
            return self.reset(request)
        if fault == "slow":
            time.sleep(self.wait_s * (1 + self.random.random()))
        if fault == "error-after":
            return self.send(request, self.random.choice([500, 502, 503, 302]), data)
        if fault == "garbage":
            return self.send(request, 200, self.random.choice([b"", b"<html>", b"{", b"[]", data[:-1], b'{"state":"captured"}']))
        if fault == "half":
            return self.send(request, 200, data, len(data) // 2)
        if fault == "lie" and body is not None:  # the answer to a call says what is not so
            data = json.dumps({"state": "captured", "captured": 1, "key": "x"}).encode()
        return self.send(request, 200, data)

    @staticmethod
    def send(request, code, data, size=None):
        try:
            request.send_response(code)
            request.send_header("Content-Length", str(len(data)))
            request.end_headers()
            request.wfile.write(data[:size])
            if size is not None:
                BadProvider.reset(request)
        except OSError:
            pass  # the caller is gone

    @staticmethod
    def reset(request):
        """Closes the connection so that the other side is told it was reset."""
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.close_connection = True
        request.rfile.close()
        request.wfile.close()
        request.connection.close()
