"""test/import/resorts.py - random resorts whose network is known, and the maps that people draw of them.

    hill = Hill(seed, lifts=8)      # places, lifts and runs in metres, with heights: the truth
    hill.spoil(...)                 # what maps do to it
    hill.osm() / hill.overpass(geometry=False) / hill.geojson()    # the map, as text

Used by test_osm.py, and by hand to look at one map.
"""
import json
import math
import random
from xml.sax.saxutils import quoteattr

GRADIENT = {"novice": 0.10, "easy": 0.185, "intermediate": 0.325, "advanced": 0.45}
LIFTS = ["chair_lift", "chair_lift", "gondola", "t-bar", "platter", "drag_lift", "cable_car", "mixed_lift", "j-bar",
         "rope_tow", "magic_carpet"]


class Line:
    def __init__(self, kind, points, tags, start, end):
        self.kind, self.points, self.tags = kind, points, dict(tags)  # points: [node, ...]
        self.start, self.end = start, end  # true places, in the true direction
        self.area = False
        self.parts = 1


class Hill:
    """Lifts fan out of bases and out of each other's tops; runs lead down from tops, fork and meet."""

    def __init__(self, seed, lifts=8, lon=10.0, lat=47.0, surface=None):
        self.random = random.Random(seed)
        self.lon, self.lat = lon, lat
        self.nodes = {}  # id: [x, y, h or None]
        self.lines = []
        self.noise = []  # unrelated features: (tags, nodes)
        self.relations = []
        self.tags = {}  # of nodes
        self.next = 1000 * (seed % 1000 + 1)
        self.surface = surface or (lambda x, y: 1200 + 0.28 * y + 25 * math.sin(x / 700) * math.sin(y / 500))
        self.junctions = 0
        self.build(lifts)

    def node(self, x, y):
        self.next += 1
        self.nodes[self.next] = [x, y, self.surface(x, y)]
        return self.next

    def h(self, n):
        return self.surface(*self.nodes[n][:2])

    def build(self, count):
        r = self.random
        bases = max(1, count // 6)
        tops = [[] for _ in range(bases)]  # by sector: (top, kind)
        for i in range(count):
            kind, sector = LIFTS[i % len(LIFTS)], i % bases
            above = [top for top in tops[sector] if self.nodes[top][1] < 2600]
            if not tops[sector]:
                x, y = sector * 1400 + r.uniform(-60, 60), r.uniform(0, 40)
                bottom = self.node(x, y)
                kind = r.choice(["chair_lift", "gondola"])  # what opens a sector carries its guests
            elif above and kind not in ("rope_tow", "magic_carpet") and r.random() < 0.6:
                top = r.choice(above)  # at another lift's top
                x, y = self.nodes[top][:2]
                x, y = x + r.choice([-1, 1]) * r.uniform(15, 40), y + r.uniform(-20, 0)
                bottom = self.node(x, y)
                self.run(top, bottom, "easy", connection=True)
            else:
                x, y = sector * 1400 + r.choice([-1, 1]) * r.uniform(60, 180), r.uniform(0, 40)
                bottom = self.node(x, y)
            short = kind in ("rope_tow", "magic_carpet", "platter", "j-bar")
            length = r.uniform(120, 250) if kind in ("rope_tow", "magic_carpet") else r.uniform(400, 700) if short else \
                r.uniform(700, 1600)
            top = self.node(x + r.uniform(-0.3, 0.3) * length, y + length)
            tags = {"aerialway": kind, "name": f"Lift {i + 1}"}
            if r.random() < 0.7:
                tags["aerialway:occupancy"] = str(60 if kind == "cable_car" else 1 if short else r.choice([2, 4, 6]))
            if r.random() < 0.3:
                tags["aerialway:duration"] = r.choice(["6", "5:30", "4.5"])
            self.lines.append(Line("lift", [bottom, top], tags, bottom, top))
            tops[sector].append(top)
            self.down(top, bottom, 1 + r.randrange(3) if not short else 1, i)
        self.link_bases(bases, tops)

    def link_bases(self, bases, tops):
        """From the highest top of each sector a run to the next base, and one back."""
        lifts = [line for line in self.lines if line.kind == "lift"]
        for i in range(bases - 1):
            for a, b in ((i, i + 1), (i + 1, i)):
                top = max(tops[a], key=self.h)
                bottom = min((line.start for line in lifts),
                             key=lambda n: math.hypot(self.nodes[n][0] - b * 1400, self.nodes[n][1]))
                self.run(top, bottom, "easy", f"Traverse {a + 1}-{b + 1}")

    def run(self, a, b, difficulty, name=None, bend=0.0, connection=False, via=None):
        r = self.random
        (ax, ay, _), (bx, by, _) = self.nodes[a], self.nodes[b]
        points = [a]
        if not connection:
            steps = max(3, int(math.hypot(bx - ax, by - ay) / 90))
            for i in range(1, steps):
                t = i / steps
                points.append(self.node(ax + (bx - ax) * t + bend * math.sin(math.pi * t) * 1.0 + r.uniform(-4, 4),
                                        ay + (by - ay) * t))
        points.append(b)
        tags = {"piste:type": "connection" if connection else "downhill", "piste:difficulty": difficulty}
        if name and r.random() < 0.75:
            tags["name"] = name
        line = Line("run", points, tags, a, b)
        self.lines.append(line)
        return line

    def down(self, top, bottom, count, lift):
        r = self.random
        for k in range(count):
            bend = (40 + 110 * (k // 2)) * (1 if k % 2 else -1) + r.uniform(-10, 10)
            line = self.run(top, bottom, r.choice(list(GRADIENT)), f"Run {lift + 1}{'abcdef'[k]}", bend)
            if len(line.points) > 6 and r.random() < 0.6:  # a fork that comes back: two junctions mid-way
                i, j = sorted(r.sample(range(1, len(line.points) - 1), 2))
                if j - i >= 3:
                    self.run(line.points[i], line.points[j], r.choice(list(GRADIENT)), f"Fork {lift + 1}{'abcdef'[k]}",
                             r.choice([-1, 1]) * 35)

    def mid_stations(self):
        """Stations between the ends of lifts, and what looks like one and is none. The truth: {name: (x, y, how)}."""
        r, truth, kinds = self.random, {}, ["node", "start", "end", "through", "pylon", "closed", "idle"]
        lifts = [line for line in self.lines if line.kind == "lift" and line.tags["aerialway"]
                 not in ("rope_tow", "magic_carpet", "platter", "j-bar")]
        for i, line in enumerate(lifts):
            (ax, ay, _), (bx, by, _) = self.nodes[line.start], self.nodes[line.end]
            t, kind = r.uniform(0.35, 0.65), kinds[i % len(kinds)]
            mid = self.node(ax + (bx - ax) * t, ay + (by - ay) * t)
            line.points.insert(1, mid)
            name = line.tags["name"]
            if kind in ("node", "closed", "idle"):
                self.tags[mid] = {"aerialway": "station", **({"aerialway:access": "no"} if kind == "closed" else
                                                             {"name": f"Middle of {name}"})}
            if kind == "pylon":
                self.tags[mid] = {"aerialway": "pylon"}
            if kind in ("node", "start"):
                self.run(mid, line.start, "easy", f"From {name}", r.choice([-1, 1]) * 60)
            if kind == "end":
                self.run(line.end, mid, "easy", f"To {name}", r.choice([-1, 1]) * 60)
            if kind == "through":
                over = self.run(line.end, line.start, "easy", f"Over {name}", r.choice([-1, 1]) * 60)
                over.points.insert(1 + sum(self.nodes[n][1] > self.nodes[mid][1] for n in over.points[1:-1]), mid)
            truth[name] = (*self.nodes[mid][:2], kind)
        return truth

    # ---- truth -------------------------------------------------------------------------------------------------------

    def meetings(self):
        """[(x, y, {way, ...})]: the nodes of the truth where several lines meet; a lift's are its two ends."""
        met = {}
        for number, line in enumerate(self.lines):
            for n in {line.start, line.end, *(line.points if line.kind == "run" and not line.area else ())}:
                met.setdefault(n, set()).add(f"way/{100000 + number}")
        return [(*self.nodes[n][:2], lines) for n, lines in met.items() if len(lines) > 1]

    def crossings(self):
        """[(x, y, {way, way})]: where the lines of two runs cross, whether or not they share a node there."""
        out, runs = [], [(f"way/{100000 + i}", [self.nodes[n][:2] for n in line.points])
                         for i, line in enumerate(self.lines) if line.kind == "run"]
        for i, (way, line) in enumerate(runs):
            for other, across in runs[i + 1:]:
                for (ax, ay), (bx, by) in zip(line, line[1:]):
                    for (cx, cy), (dx, dy) in zip(across, across[1:]):
                        if max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx) or max(ay, by) < min(cy, dy) \
                                or max(cy, dy) < min(ay, by):
                            continue
                        det = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
                        if det:
                            t = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / det
                            u = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / det
                            if 0 <= t <= 1 and 0 <= u <= 1:
                                out.append((ax + t * (bx - ax), ay + t * (by - ay), {way, other}))
        return out

    def run_m(self):
        return sum(math.hypot(self.nodes[a][0] - self.nodes[b][0], self.nodes[a][1] - self.nodes[b][1])
                   for line in self.lines if line.kind == "run" for a, b in zip(line.points, line.points[1:]))

    # ---- what maps do to it ------------------------------------------------------------------------------------------

    def move_ends(self, share, least, most):
        """An end that was shared becomes a point of its own, beside it."""
        r = self.random
        for line in self.lines:
            for at in (0, -1):
                x, y, h = self.nodes[line.points[at]]
                length = math.hypot(self.nodes[line.points[0]][0] - self.nodes[line.points[-1]][0],
                                    self.nodes[line.points[0]][1] - self.nodes[line.points[-1]][1])
                if r.random() >= share or line.kind != "run" or length < 250:
                    continue
                angle, d = r.uniform(0, 2 * math.pi), r.uniform(least, most)
                self.next += 1
                self.nodes[self.next] = [x + d * math.cos(angle), y + d * math.sin(angle), h]
                line.points = line.points[:-1] + [self.next] if at else [self.next] + line.points[1:]

    def drop_heights(self, share=1.0):
        for n in self.nodes.values():
            if self.random.random() < share:
                n[2] = None

    def turn(self, share, kinds=("lift", "run")):
        for line in self.lines:
            if line.kind in kinds and line.tags.get("piste:type") != "connection" and self.random.random() < share:
                line.points.reverse()

    def forget(self, share):
        for line in self.lines:
            for key in ("name", "piste:difficulty", "aerialway:occupancy", "aerialway:duration"):
                if self.random.random() < share:
                    line.tags.pop(key, None)

    def split(self, share):
        for line in list(self.lines):
            if line.kind == "run" and len(line.points) > 6 and self.random.random() < share:
                at = len(line.points) // 2
                rest = Line("run", line.points[at:], line.tags, line.points[at], line.end)
                line.points = line.points[:at + 1]
                line.end = line.points[-1]
                self.lines.append(rest)

    def widen(self, share):
        """Runs that are drawn as outlines only: 30 m wide, from the run's beginning to its end."""
        for line in self.lines:
            if line.kind == "run" and line.tags["piste:type"] == "downhill" and self.random.random() < share:
                sides = []
                for n in line.points:
                    x, y, h = self.nodes[n]
                    for side, dx in (("l", -15), ("r", 15)):
                        self.next += 1
                        self.nodes[self.next] = [x + dx, y, h]
                        sides.append((side, self.next))
                left = [n for side, n in sides if side == "l"]
                right = [n for side, n in sides if side == "r"]
                line.points = left + right[::-1] + left[:1]
                line.area = True
                line.tags["area"] = "yes"

    def twice(self, share):
        for line in list(self.lines):
            if self.random.random() < share:
                self.lines.append(Line(line.kind, list(line.points), line.tags, line.start, line.end))

    def clutter(self):
        a, b, c = self.node(-300, 300), self.node(-200, 500), self.node(-250, 900)
        self.noise += [({"highway": "track"}, [a, b, c]), ({"aerialway": "zip_line", "name": "Flying Fox"}, [c, a]),
                       ({"aerialway": "goods"}, [b, c]), ({"piste:type": "nordic", "name": "Loop"}, [a, b, c, a]),
                       ({"piste:type": "hike"}, [a, c]), ({"disused:aerialway": "t-bar", "name": "Old T"}, [a, c]),
                       ({"aerialway": "construction", "construction": "gondola"}, [a, b]),
                       ({"abandoned:piste:type": "downhill"}, [c, b]), ({"building": "yes"}, [a, b, c, a])]

    # ---- maps --------------------------------------------------------------------------------------------------------

    def at(self, n):
        x, y, h = self.nodes[n]
        return (round(self.lon + x / (111194.93 * math.cos(math.radians(self.lat))), 7),
                round(self.lat + y / 111194.93, 7), None if h is None else round(h, 1))

    def node_tags(self, n):
        h = self.at(n)[2]
        return {**({} if h is None else {"ele": str(h)}), **self.tags.get(n, {})}

    def metres(self, lon, lat):
        return (lon - self.lon) * 111194.93 * math.cos(math.radians(self.lat)), (lat - self.lat) * 111194.93

    def ways(self):
        ways = [(line.tags, line.points) for line in self.lines] + self.noise
        return [(100000 + i, tags, points) for i, (tags, points) in enumerate(ways)]

    def osm(self):
        out = ['<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="test">\n']
        for n in sorted(self.nodes):
            lon, lat, _ = self.at(n)
            tags = self.node_tags(n)
            out.append(f' <node id="{n}" lat="{lat:.7f}" lon="{lon:.7f}" version="1"' + (">" if tags else "/>\n")
                       + "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
                       + ("</node>\n" if tags else ""))
        for way, tags, points in self.ways():
            out.append(f' <way id="{way}" version="1">' + "".join(f'<nd ref="{n}"/>' for n in points)
                       + "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items()) + "</way>\n")
        for number, (tags, members) in enumerate(self.relations):
            out.append(f' <relation id="{500 + number}" version="1">'
                       + "".join(f'<member type="way" ref="{m}" role="{role}"/>' for m, role in members)
                       + "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
                       + "</relation>\n")
        return "".join(out) + "</osm>\n"

    def overpass(self, geometry=False):
        elements = []
        for way, tags, points in self.ways():
            one = {"type": "way", "id": way, "nodes": points, "tags": tags}
            if geometry:
                one["geometry"] = [{"lat": self.at(n)[1], "lon": self.at(n)[0]} for n in points]
            elements.append(one)
        for number, (tags, members) in enumerate(self.relations):
            elements.append({"type": "relation", "id": 500 + number, "tags": tags,
                             "members": [{"type": "way", "ref": m, "role": role} for m, role in members]})
        for n in [] if geometry else sorted(self.nodes):
            lon, lat, _ = self.at(n)
            tags = self.node_tags(n)
            elements.append({"type": "node", "id": n, "lat": lat, "lon": lon, **({"tags": tags} if tags else {})})
        return json.dumps({"version": 0.6, "elements": elements})

    def geojson(self):
        features = []
        for way, tags, points in self.ways():
            if not ("aerialway" in tags or "piste:type" in tags) or "construction" in tags:
                continue
            lift = "aerialway" in tags
            properties = {"type": "lift" if lift else "run", "id": f"f{way}", "status": "operating",
                          "sources": [{"type": "openstreetmap", "id": f"way/{way}"}]}
            if "name" in tags:
                properties["name"] = tags["name"]
            if lift:
                properties["liftType"] = tags["aerialway"]
                if "aerialway:occupancy" in tags:
                    properties["occupancy"] = int(tags["aerialway:occupancy"])
            else:
                properties["uses"] = [tags["piste:type"]]
                if "piste:difficulty" in tags:
                    properties["difficulty"] = tags["piste:difficulty"]
            line = [[v for v in self.at(n) if v is not None] for n in points]
            area = tags.get("area") == "yes"
            if lift and tags["aerialway"] in ("zip_line", "goods"):
                continue
            features.append({"type": "Feature", "properties": properties,
                             "geometry": {"type": "Polygon" if area else "LineString",
                                          "coordinates": [line] if area else line}})
        return json.dumps({"type": "FeatureCollection", "features": features})
