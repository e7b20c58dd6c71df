#!/usr/bin/env python3
"""test/web/provider.py - test/desk/bad_provider.py for the browser tests: prints its address, ends with its standard input.

    provider.py SEED

GET /evil?0.4 makes it misbehave so often, GET /refuse?2 makes it say no to the next two charges, GET /books tells what it has
captured and not given back.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "desk"))
from bad_provider import BadProvider  # noqa: E402


class Provider(BadProvider):
    refusals = 0

    def act(self, verb, body):
        if verb == "authorise" and self.refusals and body["key"] not in self.charges:
            self.refusals -= 1
            self.charges[body["key"]] = {"key": body["key"], "state": "refused", "currency": body["currency"], "authorised": 0, "captured": 0,
                                         "refunded": 0, "refunds": []}
            self.order.append(body["key"])
            return
        super().act(verb, body)

    def answer(self, request, body):
        if request.path.startswith("/evil?"):
            self.evil = float(request.path[6:])
            return self.send(request, 200, b"{}")
        if request.path.startswith("/refuse?"):
            self.refusals = int(request.path[8:])
            return self.send(request, 200, b"{}")
        if request.path == "/books":
            return self.send(request, 200, json.dumps({"books": self.books(), "charges": len(self.charges)}).encode())
        return super().answer(request, body)


if __name__ == "__main__":
    provider = Provider(int(sys.argv[1]), evil=0.0)
    print(provider.url, flush=True)
    sys.stdin.read()
    provider.close()
