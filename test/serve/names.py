#!/usr/bin/env python3
"""test/serve/names.py - names in the reader's language: the route, what is made here in a language, what the desk is told later.

    names.py PISTE     the desk is a file, or the PostgreSQL database that PISTE_TEST_DATABASE names
"""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from server import PISTE, ROOT, Server, expect  # noqa: E402

LANGUAGES = ("ko", "zh", "ru", "ja")
RESORT = os.path.join(ROOT, "resorts", "masikryong")


def feature_names(kind, language):
    """Of the map, by key: its properties are OpenStreetMap's own."""
    with open(os.path.join(RESORT, f"{kind}.geojson"), encoding="utf-8") as file:
        return {f["properties"]["key"]: f["properties"][f"name:{language}"] for f in json.load(file)["features"]}


def listed(name, language):
    """Of a list of resort.yaml as it is written there, by key."""
    with open(os.path.join(RESORT, "resort.yaml"), encoding="utf-8") as file:
        text = re.search(rf"^{name}:\n(.*?)(?=^\S)", file.read(), re.S | re.M)[1]
    entries = re.split(r"^  - ", text, flags=re.M)[1:]
    own = rf"^    names: \{{.*\b{language}: (\"[^\"]*\"|[^,}}]*)"
    return {re.match(r"key: (\S+)", e)[1]: re.search(own, e, re.M)[1].strip('"') for e in entries if re.search(own, e, re.M)}


def load(s):
    words = [PISTE, "desk", "load", RESORT, "--db", s.db]
    done = subprocess.run(words + (["--vault", os.path.join(s.data, "vault")] if not os.environ.get("PISTE_TEST_DATABASE") else []),
                          capture_output=True, text=True, check=False)
    expect(done.returncode == 0, done.stderr)


def test_the_route_has_what_the_folder_says(top):
    with Server(top) as s:
        load(s)
        c = s.client()
        expect(c.get("/api/session")[1]["language"] == "en")
        resort = c.get("/api/resort")[1]
        for language in LANGUAGES:
            code, told = c.get(f"/api/names?language={language}")
            expect(code == 200 and told["language"] == language and told["own"] == "en", code, told)
            kinds = told["kinds"]
            expect(c.headers["Cache-Control"] == "no-cache" and "Accept-Encoding" in c.headers["Vary"], c.headers)
            for kind in ("lifts", "runs"):
                expect(feature_names(kind, language).items() <= kinds[kind].items(), kind, language)
            for kind in ("places", "venues", "slopes", "segments", "day-types"):
                mine = listed(kind, language)
                expect(mine and mine == kinds[kind], kind, language, mine, kinds.get(kind))
            # Whatever a guest is shown by name has one, and no name is in Latin letters alone but what is written so there.
            for kind in ("lifts", "runs", "venues", "slopes", "places"):
                expect({x["key"] for x in resort[kind]} <= set(kinds[kind]), kind, language)
            for kind in ("products", "classes", "prices", "reasons"):
                expect(kinds[kind], kind, language)
            for kind, names in kinds.items():
                for key, name in names.items():
                    expect(re.search(r"[^\x00-\xff]", name), language, kind, key, name)
        expect(c.get("/api/names?language=en")[1]["kinds"] == {}, "the resort's own language")
        expect(c.get("/api/names?language=de")[1]["kinds"] == {}, "a language without names")
        expect(c.get("/api/names?language=ko-KP")[1]["kinds"] == c.get("/api/names?language=ko")[1]["kinds"], "a region of one")


def test_entrances_have_the_names_of_what_they_lead_to(top):
    with Server(top) as s:
        s.account("boss", "manager")
        boss = s.sign_in("boss")
        told = boss.get("/api/gates")[1]["entrances"]
        names = s.client().get("/api/names?language=ja")[1]["kinds"]["entrances"]
        expect({e["entrance"] for e in told} <= set(names), {e["entrance"] for e in told} - set(names))
        expect(names["gondola"] == "ゴンドラ" and "下り" in names["gondola/down"], names)


def test_what_is_no_language_is_refused(top):
    with Server(top) as s:
        c = s.client()
        for wrong in ("", "korean", "KO", "ko_KR", "zh-hant", "../../x", "%00", "ko" * 50):
            code, answer = c.get(f"/api/names?language={wrong}")
            expect(code == 422 and answer["reason"] == "invalid", wrong, code, answer)
        expect(c.get("/api/names")[0] == 422)
        # However many are asked for, each is answered, and those that there are stay right.
        for i in range(60):
            tag = f"{chr(97 + i % 26)}{chr(97 + i // 26)}"
            code, answer = c.get(f"/api/names?language={tag}")
            expect(code == 200 and answer["language"] == tag, tag, code)
        expect(c.get("/api/names?language=ru")[1]["kinds"]["lifts"]["gondola"] == "Гондола")


def test_what_the_desk_is_told_is_shown(top):
    with Server(top) as s:
        s.account("boss", "manager")
        boss, c = s.sign_in("boss"), s.client()
        own = {"key": "p1", "product": "sledge", "name": "Sledge", "kind": "rental"}
        boss.act("product", **own, names=[{"language": "ko", "name": "썰매"}, {"language": "zh-Hant", "name": "雪橇"}])
        expect(c.get("/api/names?language=ko")[1]["kinds"]["products"] == {"sledge": "썰매"})
        expect(c.get("/api/names?language=zh")[1]["kinds"]["products"] == {"sledge": "雪橇"}, "near enough")
        boss.act("product", **dict(own, key="p2"))
        expect("products" not in c.get("/api/names?language=ko-KR")[1]["kinds"], "told anew without any") # a text of its own: not the one kept
        code, answer = boss.post("/api/desk/product", **dict(own, key="p3"), names=[{"language": "Korean", "name": "썰매"}])
        expect(code == 422 and "BCP 47" in answer["message"], code, answer)


def unfolded(data):
    return data.replace(b"\r\n ", b"").decode()


def test_what_is_made_here_is_in_the_language_asked_for(top):
    with Server(top, "--demo", "1") as s:
        c = s.client()
        calendar = unfolded(c.get("/api/mountain/sessions.ics?language=ko")[1])
        expect("SUMMARY:스케트장" in calendar and "LOCATION:스케트장\\, 마식령스키장" in calendar, calendar[:400])
        expect("Ice rink" not in calendar and "Ski school" not in calendar, calendar[:400])
        for header, expected in (("ru-RU,ru;q=0.9,en;q=0.8", "SUMMARY:Каток"), ("de, ja;q=0.5", "SUMMARY:スケートリンク"), ("en-US,en;q=0.9,ko;q=0.8", "SUMMARY:Ice rink"), ("de", "SUMMARY:Ice rink"), ("*", "SUMMARY:Ice rink"), ("", "SUMMARY:Ice rink")):
            got = unfolded(c.ask("GET", "/api/mountain/sessions.ics", headers={"Accept-Language": header})[1])
            expect(expected in got, header, got[:400])
        expect("SUMMARY:Каток" not in unfolded(c.ask("GET", "/api/mountain/sessions.ics?language=ja", headers={"Accept-Language": "ru"})[1]))
        sign = c.get("/api/mountain/map.svg?language=ru")[1].decode()
        expect('lang="ru"' in sign and "Гондола" in sign and "Подъёмники" in sign and ">Gondola<" not in sign)
        expect(b"Gondola" in c.get("/api/mountain/map.svg")[1])
        # Liftie's JSON stays as that format has it.
        lifts = c.ask("GET", "/api/mountain/liftie.json", headers={"Accept-Language": "ko"})[1]["lifts"]["status"]
        expect("Gondola" in lifts, lifts)


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
