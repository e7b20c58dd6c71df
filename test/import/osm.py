#!/usr/bin/python3
"""test/import/osm.py - raw OpenStreetMap becomes a resort: what was drawn is found again, and what is wrong is said.

    osm.py PISTE        PISTE: the program; speaks TAP. More and larger hills with PISTE_TEST_FULL=1
"""
import json
import math
import os
import re
import signal
import struct
import subprocess
import sys
import time
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import FULL, PISTE, ROOT, expect, features, load, piste, read, save  # noqa: E402
from resorts import Hill  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402 - it stands one folder up

SHARED = os.path.join(ROOT, "..", "shared", "data")


def live(folder, report, lifts, share=0.95):
    """95 % of the runs are there, check finds no error, and everybody gets home."""
    expect(report["run_kept_m"] >= share * report["run_found_m"],
           f"{report['run_kept_m']} of {report['run_found_m']} m of run")
    checked = piste("check", folder).stdout
    expect("0 errors" in checked, checked[-1500:])
    day = json.loads(piste("day", folder, "--json", "-").stdout)
    expect(day["guests"] == day["gone"] and day["still_here"] == 0, f"{day['gone']} of {day['guests']} got home")
    expect(report["lifts"] >= 0.95 * lifts, f"{report['lifts']} of {lifts} lifts")
    ridden = sum(lift["rides"] > 0 for lift in day["lifts"])
    expect(ridden >= 0.8 * len(day["lifts"]), f"{ridden} of {len(day['lifts'])} lifts were ridden")
    return f"{report['lifts']} lifts ({ridden} ridden), {report['run_kept_m'] / report['run_found_m']:.1%} of the runs"


def entries(text, heading):
    """The entries of a list of resort.yaml, each {field: value} of its single-line fields."""
    if f"\n{heading}:\n" not in text:
        return []
    block = text.split(f"\n{heading}:\n")[1].split("\n\n")[0]
    return [dict(field.strip().split(": ", 1) for field in ("key: " + one).split("\n    ") if ": " in field)
            for one in block.split("  - key: ")[1:]]


def meetings(folder, hill):
    """[(x, y, {way, ...})]: the places of a folder where several lines of the map meet."""
    text = read(folder, "resort.yaml")
    ways = {line["properties"]["key"]: line["properties"]["sources"][0]["id"]
            for name in ("lifts.geojson", "runs.geojson") for line in features(folder, name)}
    met = {place["key"]: set() for place in entries(text, "places")}
    for heading in ("lifts", "runs"):
        for one in entries(text, heading):
            for place in [one["from"], one["to"]]:
                met[place].add(ways[one["key"]])
    at = {place["key"]: hill.metres(*map(float, place["at"].strip("[]").split(", ")))
          for place in entries(text, "places")}
    return [(*at[key], lines) for key, lines in met.items() if len(lines) > 1]


def junctions(folder, hill, reach):
    """How many of the junctions drawn are found, all their lines in one place at most `reach` away; how many of the
    places found are true, each line of theirs meeting or crossing another of them there; both with how many there are."""
    twins = {}  # of two that are drawn alike, the one that is kept
    for way, _, points in hill.ways():
        first = twins.setdefault(tuple(points), f"way/{way}")
        twins[f"way/{way}"] = twins.setdefault(tuple(points[::-1]), first)
    places = [(x, y, {twins[way] for way in lines}) for x, y, lines in meetings(folder, hill)]
    kept = set().union(*(lines for *_, lines in places))
    true = [(x, y, {twins[way] for way in lines} & kept) for x, y, lines in hill.meetings()]
    true = [one for one in true if len(one[2]) > 1]
    found = sum(any(math.dist(one[:2], place[:2]) < reach and one[2] <= place[2] for place in places) for one in true)
    meet = true + [(x, y, {twins[way] for way in lines}) for x, y, lines in hill.crossings()]
    right = 0
    for *at, lines in places:
        beside = [one[2] & lines for one in meet if math.dist(one[:2], at) < reach]
        right += lines <= set().union(*(some for some in beside if len(some) > 1))
    return found, len(true), right, len(places)


# ---- hills that are drawn well ---------------------------------------------------------------------------------------

def test_the_three_forms_give_the_same_resort(top):
    hill = Hill(11, 6)
    results = []
    for name, text in (("a.osm", hill.osm()), ("b.json", hill.overpass())):
        folder, _ = load(top, save(top, name, text), name=name + ".d")
        results.append([open(os.path.join(folder, f), encoding="utf-8").read()
                        for f in ("resort.yaml", "lifts.geojson", "runs.geojson")])
    expect(results[0] == results[1], ".osm and Overpass differ")
    flat = Hill(11, 6)
    flat.drop_heights()
    for name, text in (("c.osm", flat.osm()), ("d.json", flat.overpass()), ("e.json", flat.overpass(geometry=True))):
        folder, _ = load(top, save(top, name, text), name=name + ".d")
        results.append(open(os.path.join(folder, "runs.geojson"), encoding="utf-8").read())
    expect(results[2] == results[3] == results[4], "out geom differs")


def count_junctions(top, seeds, lifts, reach, draw, form):
    """Over all seeds: [junctions found, drawn, places that are true, places found], by the shape of the map."""
    sums = [0, 0, 0, 0]
    for seed in seeds:
        hill = Hill(seed, lifts)
        draw(hill)
        folder, report = load(top, save(top, *form(hill)))
        live(folder, report, lifts)
        sums = [a + b for a, b in zip(sums, junctions(folder, hill, reach))]
    return sums


def judge_junctions(sums, least_found, least_true):
    found, drawn, right, places = sums
    note = f"{found} of {drawn} junctions found ({found / drawn:.1%}), "
    note += f"{right} of {places} places true ({right / places:.1%})"
    expect(found >= least_found * drawn and right >= least_true * places, note)
    return note


def test_junctions_are_those_that_were_drawn(top):
    """Shared nodes, or in GeoJSON shared points, say what meets."""
    notes = []
    for name, form in (("OSM", lambda hill: ("hill.osm", hill.osm())),
                       ("GeoJSON", lambda hill: ("hill.geojson", hill.geojson()))):
        for heights in ("with", "without"):
            sums = count_junctions(top, range(6 if not FULL else 40), 10, 1,
                                   lambda hill, no=heights == "without": hill.drop_heights() if no else None, form)
            notes.append(f"{name} {heights} heights: " + judge_junctions(sums, 0.95, 0.95))
    return "\n# ".join(notes)


def test_junctions_of_ends_that_lie_apart(top):
    """Half of the ends are moved by 5 to 40 m: what meets is found by what lies near, and may lie as far from the truth."""
    notes = []
    for heights in ("with", "without"):
        def draw(hill, no=heights == "without"):
            hill.move_ends(0.5, 5, 40)
            if no:
                hill.drop_heights()
        sums = count_junctions(top, range(6 if not FULL else 40), 10, 45, draw,
                               lambda hill: ("hill.geojson", hill.geojson()))
        notes.append(f"GeoJSON {heights} heights: " + judge_junctions(sums, 0.75, 0.88))
    return "\n# ".join(notes)


def test_guests_come_in_at_every_base(top):
    """Each sector of a hill has its base in the valley; no other place is one, and its lifts share the guests out."""
    notes = []
    for seed in range(200, 203 if not FULL else 230):
        hill = Hill(seed, 24)
        folder, report = load(top, save(top, "hill.osm", hill.osm()))
        bottoms = {line["properties"]["key"] + "-bottom": line["geometry"]["coordinates"][0]
                   for line in features(folder, "lifts.geojson")}
        with open(os.path.join(folder, "resort.yaml"), encoding="utf-8") as file:
            text = file.read()
        places = text.split("\nplaces:\n")[1].split("\n\n")[0].split("  - key: ")[1:]
        exits = {one.split("\n")[0] for one in places if "exit: yes" in one}
        expect(exits == {one["place"] for one in report["arrivals"]}, f"seed {seed}: {exits}")
        sectors = []
        for key in exits:
            at = next(one for one in places if one.startswith(key + "\n")).split("at: [")[1].split("]")[0].split(", ")
            x, y = hill.metres(float(at[0]), float(at[1]))
            expect(y < 100, f"seed {seed}: {key} lies {y:.0f} m up the slope")
            sectors.append(round(x / 1400))
        expect(sorted(sectors) == [0, 1, 2, 3], f"seed {seed}: {exits} lie in the sectors {sectors}")
        expect(sum(one["guests"] for one in report["arrivals"]) == report["guests"], report["arrivals"])
        all_pph = sum(one["capacity_pph"] for one in report["arrivals"])
        for one in report["arrivals"]:
            expect(abs(one["guests"] - report["guests"] * one["capacity_pph"] / all_pph) < 1, report["arrivals"])
        expect(len(bottoms) == 24, bottoms)
        notes.append(f"seed {seed}: " + live(folder, report, 24))
    return "\n# ".join(notes)


STATION = re.compile(r"- \{place: (\S+), at: ([0-9.]+) m\}")


def stations(folder):
    """{name of lift: [(key of place, metres up the line)]} and {key: (lon, lat, name)} of a folder."""
    with open(os.path.join(folder, "resort.yaml"), encoding="utf-8") as file:
        text = file.read()
    places = {}
    for one in text.split("\nplaces:\n")[1].split("\n\n")[0].split("  - key: ")[1:]:
        at = one.split("at: [")[1].split("]")[0].split(", ")
        places[one.split("\n")[0]] = (float(at[0]), float(at[1]), one.split('name: "')[1].split('"')[0])
    lifts = {}
    for one in text.split("\nlifts:\n")[1].split("\n\n")[0].split("  - key: ")[1:]:
        lifts[one.split('name: "')[1].split('"')[0]] = [(key, float(m)) for key, m in STATION.findall(one)]
    return lifts, places


def test_stations_between_the_ends_of_lifts(top):
    """A station node, or a run that begins or ends on the line, is a station; pylons and runs that pass are none."""
    seen, skied = {}, 0
    for seed in range(300, 304 if not FULL else 340):
        hill = Hill(seed, 12)
        truth = hill.mid_stations()
        if seed % 2:
            hill.drop_heights()
        name, text = [("hill.osm", hill.osm), ("hill.json", hill.overpass), ("hill.geojson", hill.geojson)][seed % 3]
        folder, report = load(top, save(top, name, text()))
        live(folder, report, 12)
        lifts, places = stations(folder)
        begins = {line["properties"]["key"] for line in features(folder, "runs.geojson")
                  if line["properties"].get("name", "").startswith("From ")}
        for lift, (x, y, kind) in truth.items():
            seen[kind] = seen.get(kind, 0) + 1
            expect(len(lifts[lift]) == (kind in ("node", "start", "end")),
                   f"seed {seed}: {lift}, {kind}: {lifts[lift]}")
            if lifts[lift]:
                key, up = lifts[lift][0]
                expect(math.dist(hill.metres(*places[key][:2]), (x, y)) < 1, f"seed {seed}: {lift}: {places[key]}")
                line = next(one for one in hill.lines if one.tags.get("name") == lift)
                true = math.dist((*hill.nodes[line.start][:2], hill.h(line.start)), (x, y, hill.surface(x, y)))
                expect(seed % 2 or abs(up - true) < 0.01 * true, f"seed {seed}: {lift}: {up} m up, {true} in truth")
                if kind == "node" and seed % 3 != 2:
                    expect(places[key][2] == f"Middle of {lift}", places[key])
        expect(all(not found for lift, found in lifts.items() if lift not in truth), lifts)
        told = json.dumps(report["stations"])
        expect(seed % 3 == 2 or ("passed" in told) == any(kind == "idle" for *_, kind in truth.values()), told)
        day = json.loads(piste("day", folder, "--json", "-").stdout)
        skied += sum(run["descents"] > 0 for run in day["runs"] if run["key"] in begins)
        again, second = load(top, os.path.join(folder, "lifts.geojson"), os.path.join(folder, "runs.geojson"),
                             name="again")
        expect({lift: len(found) for lift, found in stations(again)[0].items()}
               == {lift: len(found) for lift, found in lifts.items()}, f"seed {seed}: again: {second['stations']}")
    expect(skied > 0, "nobody skied from a station")
    return ", ".join(f"{count} {kind}" for kind, count in sorted(seen.items())) + f"; {skied} runs from them skied"


# ---- hills that are drawn as maps are --------------------------------------------------------------------------------

def spoiled(seed, lifts, heights):
    hill = Hill(seed, lifts)
    hill.move_ends(0.5, 5, 40)
    hill.widen(0.08)
    hill.split(0.3)
    hill.twice(0.1)
    hill.turn(0.1)
    hill.forget(0.3)
    hill.clutter()
    hill.drop_heights({"all": 0, "some": 0.4, "none": 1}[heights])
    return hill


def run_spoiled(top, lifts, seeds, heights):
    notes = []
    for seed in seeds:
        hill = spoiled(seed, lifts, heights)
        form = seed % 3
        path = save(top, *[("hill.osm", hill.osm()), ("hill.json", hill.overpass()),
                           ("hill.geojson", hill.geojson())][form])
        try:
            folder, report = load(top, path)
            notes.append(f"seed {seed}: " + live(folder, report, lifts))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, {os.path.basename(path)}, heights {heights}: {error}") from None
    return "\n# ".join(notes)


def test_small_hills_with_heights(top):
    return run_spoiled(top, 8, range(20, 50 if FULL else 23), "all")


def test_small_hills_with_some_heights(top):
    return run_spoiled(top, 8, range(50, 80 if FULL else 53), "some")


def test_small_hills_without_heights(top):
    return run_spoiled(top, 8, range(80, 110 if FULL else 83), "none")


def test_big_hills_without_heights(top):
    return run_spoiled(top, 30, range(3, 15 if FULL else 6), "none")


def test_hard_geojson_without_heights(top):
    """More ends apart, no heights, one line in ten the wrong way round: 95 % of all, 90 % of each hill, lead back."""
    notes = []
    for lifts, seeds in ((8, range(400, 440 if FULL else 403)), (15, range(440, 460 if FULL else 442)),
                         (30, range(460, 475 if FULL else 462))):
        kept = found = 0
        least = (1, 0)
        for seed in seeds:
            hill = Hill(seed, lifts)
            hill.move_ends(0.6, 5, 40)
            hill.widen(0.1)
            hill.split(0.3)
            hill.twice(0.1)
            hill.turn(0.1)
            hill.forget(0.5)
            hill.clutter()
            hill.drop_heights()
            folder, report = load(top, save(top, "hill.geojson", hill.geojson()))
            live(folder, report, lifts, 0.9)
            kept, found = kept + report["run_kept_m"], found + report["run_found_m"]
            least = min(least, (report["run_kept_m"] / report["run_found_m"], seed))
        expect(kept >= 0.95 * found, f"{kept / found:.1%} of the runs")
        notes.append(f"{len(seeds)} hills of {lifts} lifts: {kept / found:.1%} of the runs, "
                     f"{least[0]:.1%} on seed {least[1]}")
    return "\n# ".join(notes)


def test_big_hills_with_heights(top):
    return run_spoiled(top, 30, range(3, 15 if FULL else 5), "all")


def test_what_is_no_piste_is_left_out_and_told(top):
    hill = Hill(1, 6)
    hill.clutter()
    folder, report = load(top, save(top, "hill.osm", hill.osm()))
    told = {one["subject"]: one["message"] for one in report["left_out"]}
    text = json.dumps(report["left_out"])
    for word in ("a zip line, not a lift", "a lift for goods", "for nordic, not downhill", "for hike, not downhill",
                 "disused, not operating", "construction, not operating", "abandoned, not operating"):
        expect(word in text, f"{word}: {told}")
    expect(report["lifts"] == 6, report["lifts"])


# ---- several hills ---------------------------------------------------------------------------------------------------

def two_hills(areas):
    a, b = Hill(31, 4), Hill(32, 4, lon=10.2)
    for line in a.lines:
        line.tags.update({"name": "A " + line.tags["name"]} if "name" in line.tags else {})
    a.nodes.update({n: [x + (10.2 - 10.0) * 111194.93 * math.cos(math.radians(47)), y, h]
                    for n, (x, y, h) in b.nodes.items()})
    if areas:
        for name, x in (("West", 0), ("East", 0.2 * 111194.93 * math.cos(math.radians(47)))):
            ring = [a.node(x + dx, dy) for dx, dy in ((-3000, -200), (3000, -200), (3000, 9000), (-3000, 9000))]
            a.noise.append(({"landuse": "winter_sports", "name": name}, ring + ring[:1]))
    a.lines += b.lines
    return a


def test_hills_apart_are_named_by_their_areas(top):
    path = save(top, "two.osm", two_hills(True).osm())
    done = piste("import", path, "-o", os.path.join(top, "hill"), code=2)
    expect("West" in done.stderr and "East" in done.stderr and "--area" in done.stderr, done.stderr)
    for name in ("West", "East"):
        folder, report = load(top, path, "--area", name)
        expect(report["area"]["name"] == name and report["lifts"] == 4, report["area"])
        live(folder, report, 4)


def test_hills_apart_are_named_by_their_lifts(top):
    path = save(top, "two.json", two_hills(False).overpass())
    done = piste("import", path, "-o", os.path.join(top, "hill"), code=2)
    names = [part.split("(")[0].strip() for part in done.stderr.split("--area): ")[1].split(",")]
    expect(len(names) == 2, done.stderr)
    for name in names:
        folder, report = load(top, path, "--area", name)
        live(folder, report, 4)


def test_relations_name_their_ways_and_areas(top):
    hill = Hill(41, 4)
    runs = [i for i, line in enumerate(hill.lines) if line.kind == "run" and len(line.points) > 5]
    hill.lines[runs[0]].tags = {}
    hill.lines[runs[1]].tags = {"piste:type": "downhill"}
    hill.relations.append(({"type": "route", "route": "piste", "piste:type": "downhill", "piste:difficulty": "easy",
                            "name": "Panorama"}, [(100000 + runs[0], ""), (100000 + runs[1], "")]))
    site = [(100000 + i, "") for i in range(len(hill.lines))]
    hill.relations.append(({"type": "site", "site": "piste", "name": "Sunny Side"}, site))
    _, report = load(top, save(top, "hill.osm", hill.osm()), "--area", "sunny-side")
    folder = os.path.join(top, "hill")
    names = [line["properties"].get("name") for line in features(folder, "runs.geojson")]
    expect("Panorama" in names, names)
    expect(report["area"]["name"] == "Sunny Side", report["area"])


# ---- names in other languages ----------------------------------------------------------------------------------------

def many_names(seed):
    """A hill whose names are Japanese, with others beside them: some long, some of no language, in another order each time."""
    hill = Hill(seed, 6)
    wanted = {}
    for i, line in enumerate(hill.lines):
        name = line.tags.get("name")
        if line.kind not in ("lift", "run") or not name:
            continue
        own = f"線 {name}"
        tags = {"name:ja": own, "name:en": name, "name:ko": f"선 {name}", "name:zh-Hant": f"線 \"{name}\": #{i}", "name:left": "no",
                "name:ja_kana": "no", "name:etymology": "no", "name:ru": "" if i % 3 else f"Линия {name}", "name:de": "x" * 201}
        keys = sorted(tags, reverse=i % 2 == 0)
        line.tags = {"name": own, **{key: tags[key] for key in keys if tags[key]}, **{k: v for k, v in line.tags.items() if k != "name"}}
        wanted[own] = {key[5:]: tags[key] for key in ("name:en", "name:ko", "name:zh-Hant", "name:ru") if tags[key]}
    site = [(100000 + i, "") for i in range(len(hill.lines))]
    hill.relations.append(({"type": "site", "site": "piste", "name": "日向", "name:en": "Sunny Side", "name:ko": "양지"}, site))
    return hill, wanted


def names_of(folder, heading):
    """{name: names} of a list of resort.yaml, as YAML reads it."""
    import yaml
    with open(os.path.join(folder, "resort.yaml"), encoding="utf-8") as file:
        whole = yaml.safe_load(file)
    return {one["name"]: one.get("names", {}) for one in whole.get(heading, []) if "name" in one} if heading else whole


def test_names_in_other_languages_are_kept(top):
    try:
        import yaml  # noqa: F401
    except ImportError:
        return "python3-yaml is not there: not tried"
    count = 0
    for seed, form in ((51, "osm"), (52, "overpass"), (53, "osm")):
        hill, wanted = many_names(seed)
        folder, _ = load(top, save(top, f"hill.{'json' if form == 'overpass' else 'osm'}", getattr(hill, form)()))
        whole = names_of(folder, "")
        expect(whole["language"] == "ja" and "name:ja" in whole["basis"]["language"], (whole["language"], whole["basis"]))
        expect(whole["name"] == "日向" and whole["names"] == {"en": "Sunny Side", "ko": "양지"}, whole["names"])
        for heading in ("lifts", "runs"):
            for name, names in names_of(folder, heading).items():
                expect(names == wanted[name], f"seed {seed}: {name}: {names}, expected {wanted[name]}")
                count += len(names)
        for name in ("lifts.geojson", "runs.geojson"):
            for line in features(folder, name):
                own = {key[5:]: value for key, value in line["properties"].items() if key.startswith("name:")}
                expect(not own if "name" not in line["properties"] else own == {**wanted[line["properties"]["name"]], "ja": line["properties"]["name"]}, own)
        told = piste("check", folder).stdout
        expect("0 errors" in told and "names-own" not in told, told[-800:])
        # The folder is a map itself: imported again it has the same names.
        again, _ = load(top, os.path.join(folder, "lifts.geojson"), os.path.join(folder, "runs.geojson"), name="again")
        expect(names_of(again, "lifts") == names_of(folder, "lifts") and names_of(again, "")["language"] == "ja", f"seed {seed}: again")
    return f"{count} names"


def test_the_language_of_names_that_nothing_tells(top):
    hill = Hill(54, 4)
    for line in hill.lines:
        if line.tags.get("name"):
            line.tags["name:en"], line.tags["name"] = line.tags["name"], f"線 {line.tags['name']}"
    folder, _ = load(top, save(top, "hill.osm", hill.osm()))
    expect("\nlanguage: und\n" in read(folder, "resort.yaml"), "und")
    folder, _ = load(top, save(top, "plain.osm", Hill(54, 4).osm()), name="plain")
    expect("language" not in read(folder, "resort.yaml"), "a language")


# ---- heights from a raster -------------------------------------------------------------------------------------------

DEM = os.path.join(SHARED, "dem", "hef_srtm.tif")


def test_heights_from_a_raster(top):
    if not os.path.exists(DEM):
        return f"SKIP {DEM} is not there"
    hill = Hill(5, 6, lon=10.72, lat=46.80)
    hill.drop_heights()
    path = save(top, "hill.osm", hill.osm())
    done = subprocess.run([PISTE, "import", path, "--dem", DEM, "-o", os.path.join(top, "hill")], capture_output=True,
                          text=True, check=False)
    if "made without GDAL" in done.stderr:
        expect(done.returncode == 2, done.returncode)
        return "this build has no GDAL, and says so"
    expect(done.returncode == 0 and f"from {DEM}" in done.stdout, done.stdout[-500:] + done.stderr)
    heights = [at[2] for line in features(os.path.join(top, "hill"), "lifts.geojson")
               for at in line["geometry"]["coordinates"]]
    expect(1800 < min(heights) and max(heights) < 3800 and max(heights) - min(heights) > 300, heights)
    far = Hill(5, 6)
    far.drop_heights()
    done = piste("import", save(top, "far.osm", far.osm()), "--dem", DEM, "-o", os.path.join(top, "far"), code=4)
    expect("does not cover" in done.stderr, done.stderr)
    done = piste("import", path, "--dem", path, "-o", os.path.join(top, "far"), code=4)
    expect("not an elevation raster" in done.stderr, done.stderr)
    piste("import", path, "--dem", os.path.join(top, "none.tif"), "-o", os.path.join(top, "far"), code=3)
    return None


# ---- PBF -------------------------------------------------------------------------------------------------------------

def varint(value):
    out = b""
    while value > 0x7f:
        out += bytes([value & 0x7f | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def signed(value):
    return varint(value * 2 if value >= 0 else -value * 2 - 1)


def block(kind, data):
    blob = field(2, len(data)) + field(3, zlib.compress(data))
    header = field(1, kind) + field(3, len(blob))
    return struct.pack(">I", len(header)) + header + blob


def pbf(hill):
    """A plain .osm.pbf: dense nodes, ways, one block each."""
    strings, index = [b""], {"": 0}

    def text(word):
        if word not in index:
            index[word] = len(strings)
            strings.append(word.encode())
        return index[word]

    ids, lats, lons, tags, last = b"", b"", b"", b"", [0, 0, 0]
    for n in sorted(hill.nodes):
        lon, lat, _ = hill.at(n)
        now = [n, round(lat * 1e7), round(lon * 1e7)]
        ids, lats, lons = ids + signed(now[0] - last[0]), lats + signed(now[1] - last[1]), lons + signed(now[2] - last[2])
        last = now
        for word, value in hill.node_tags(n).items():
            tags += varint(text(word)) + varint(text(value))
        tags += b"\0"
    dense = field(2, field(1, ids) + field(8, lats) + field(9, lons) + field(10, tags))
    ways = b""
    for way, words, points in hill.ways():
        refs, before = b"", 0
        for n in points:
            refs += signed(n - before)
            before = n
        ways += field(3, field(1, way) + field(2, b"".join(varint(text(k)) for k in words))
                      + field(3, b"".join(varint(text(v)) for v in words.values())) + field(8, refs))
    table = b"".join(field(1, word) for word in strings)
    head = field(4, b"OsmSchema-V0.6") + field(4, b"DenseNodes")
    return block(b"OSMHeader", head) + block(b"OSMData", field(1, table) + field(2, dense)) \
        + block(b"OSMData", field(1, table) + field(2, ways))


def test_pbf_is_the_same_as_xml(top):
    hill = Hill(11, 6)
    a, _ = load(top, save(top, "hill.osm", hill.osm()), name="a")
    b, _ = load(top, save(top, "hill.osm.pbf", pbf(hill)), name="b")
    for name in ("resort.yaml", "runs.geojson"):
        expect(open(os.path.join(a, name), encoding="utf-8").read() == open(os.path.join(b, name), encoding="utf-8").read(),
               f"{name} differs")


def test_a_broken_pbf_is_told(top):
    whole = pbf(Hill(11, 6))
    cases = [(whole[:2], "byte 0: broken off within the length of a block"),
             (whole[:10], "byte 0: broken off within the header of a block"),
             (whole[:len(whole) // 2], "broken off within a block"), (b"\0\0\0\0" + whole, "byte 0: not a block"),
             (b"PK\3\4" + whole, "byte 0: not a block"), (b"", "empty"),
             (whole[:-60] + bytes(40) + whole[-20:], "damaged")]
    for data, says in cases:
        done = piste("import", save(top, "bad.osm.pbf", data), "-o", os.path.join(top, "hill"), code=4)
        expect(says in done.stderr, f"{says}: {done.stderr}")
        expect(os.listdir(top) == ["bad.osm.pbf"], os.listdir(top))


# ---- bad maps --------------------------------------------------------------------------------------------------------

def test_bad_maps_are_told_exactly(top):
    bad = os.path.join(ROOT, "test", "import", "bad")
    names = sorted(name for name in os.listdir(bad) if not name.endswith(".txt"))
    expect(len(names) >= 20, f"{len(names)} cases")
    for name in names:
        with open(os.path.join(bad, name + ".txt"), encoding="utf-8") as file:
            code, says = file.read().rstrip("\n").split("\n", 1)
        done = piste("import", os.path.join("test/import/bad", name), "-o", os.path.join(top, "hill"), code=int(code), cwd=ROOT)
        expect(done.stderr.rstrip("\n") == says, f"{name}: expected\n{says}\nsaid\n{done.stderr}")
        expect(os.listdir(top) == [], os.listdir(top))
    return f"{len(names)} maps"


def test_long_names_are_told(top):
    hill = Hill(1, 4)
    hill.lines[0].tags["name"] = "n" * 10000
    for name, text in (("a.osm", hill.osm()), ("b.json", hill.overpass())):
        done = piste("import", save(top, name, text), "-o", os.path.join(top, "hill"), code=4)
        expect("way 100000: name: a text of 10000 bytes, expected at most 200" in done.stderr, done.stderr)


def test_a_full_disk_leaves_nothing(top):
    path = save(top, "hill.osm", Hill(1, 8).osm())
    done = subprocess.run(["bash", "-c", f"trap '' XFSZ; ulimit -f 8; exec {PISTE} import {path} -o {top}/hill"],
                          capture_output=True, text=True, check=False)
    expect(done.returncode == 6, f"{done.returncode} {done.stderr}")
    expect(os.listdir(top) == ["hill.osm"], os.listdir(top))


def test_a_killed_import_leaves_no_resort(top):
    path = save(top, "hill.osm", Hill(1, 30).osm())
    for number, delay in enumerate([0.0, 0.05, 0.1, 0.2, 0.3, 0.5]):
        folder = os.path.join(top, f"hill{number}")
        with subprocess.Popen([PISTE, "import", path, "-o", folder], stdout=subprocess.DEVNULL) as one:
            time.sleep(delay)
            one.send_signal(signal.SIGKILL if number % 2 else signal.SIGINT)
        if os.path.exists(folder):
            expect("0 errors" in piste("check", folder).stdout, "half a folder")


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
