#!/usr/bin/env python3
"""test/cli/map.py - `piste map` and `--html` as their users meet them: files, well-formed XML, the same bytes, exit codes.

    map.py PISTE        PISTE: the program; speaks TAP
"""
import glob
import html.parser
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
MASIKRYONG = os.path.join(ROOT, "resorts", "masikryong")
MOUNTAIN = os.path.join(ROOT, "test", "laws", "mountain")
PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
SVG = "{http://www.w3.org/2000/svg}"


def said(*words, env=None):
    return subprocess.run([PISTE, *words], capture_output=True, check=False, env=env)


class Reader(html.parser.HTMLParser):
    """The scripts of a page, by id, and addresses that it would fetch."""

    def __init__(self):
        super().__init__()
        self.scripts, self.fetched, self.inside, self.title = {}, [], None, ""
        self.in_title = False

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        for name in ("src", "href"):
            address = attributes.get(name)
            if address and not address.startswith(("#", "data:")):
                self.fetched.append(address)
        if tag == "script":
            self.inside = attributes.get("id", "program")
            self.scripts[self.inside] = ""
        self.in_title = tag == "title"

    def handle_endtag(self, tag):
        if tag == "script":
            self.inside = None
        self.in_title = False

    def handle_data(self, data):
        if self.inside is not None:
            self.scripts[self.inside] += data
        if self.in_title:
            self.title += data


def has_pages(folder):
    answer = said("map", MOUNTAIN, "--html", os.path.join(folder, "try.html"))
    return answer.returncode == 0, answer


def svg_tests(folder):
    for resort in [MASIKRYONG, *sorted(glob.glob(os.path.join(ROOT, "test", "laws", "*")))]:
        name = os.path.basename(resort)
        first = said("map", resort, "--svg", "-")
        problems = [] if first.returncode == 0 else [first.stderr.decode()]
        if not problems:
            root = tree.fromstring(first.stdout)
            if root.tag != SVG + "svg" or root.find(SVG + "title") is None:
                problems.append("no svg with a title")
            # Another locale and zone, and a processor without its newer paths.
            env = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo", "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA"}
            if said("map", resort, "--svg", "-", env=env).stdout != first.stdout:
                problems.append("other bytes the second time")
        yield f"{name}: the sign is well-formed, and the same bytes each time", problems
    path = os.path.join(folder, "sign.svg")
    answer = said("map", MASIKRYONG, "--svg", path)
    texts = [t.text for t in tree.parse(path).getroot().iter(SVG + "text")]
    wanted = ["Masikryong", "Gondola", "N", "Slopes", "Lifts", "200 m", "Most difficult"]
    yield "masikryong: the sign names what is there", [f"no {w}" for w in wanted if w not in texts] + [
        answer.stdout.decode()] * bool(answer.stdout)
    root = tree.fromstring(said("map", MOUNTAIN, "--svg", "-").stdout)
    texts = [t.text for t in root.iter(SVG + "text")]
    yield "a resort without geometry: the sign says that it is schematic", [] if any(
        t and "Schematic" in t for t in texts) and "gondola" in texts else [str(texts)]


def usage_tests(folder):
    for words, code, word in [
            ((MASIKRYONG,), 2, "--svg"), ((), 2, "folder"), ((MASIKRYONG, "--svg", ""), 2, "name"),
            ((MASIKRYONG, "--svg", "-", "--html", "-"), 2, "both"), ((MASIKRYONG, "--svg", "-", "--date", "soon"), 2, "date"), ((MASIKRYONG, "--svg", "-", "--language", "Korean"), 2, "BCP 47"),
            ((os.path.join(folder, "nothing"), "--svg", "-"), 3, ""), ((MASIKRYONG, "--svg", os.path.join(folder, "no", "x")), 6, "")]:
        answer = said("map", *words)
        yield f"piste map {' '.join(w.replace(ROOT, '').replace(folder, '') for w in words)}: exit code {code}", [] if (
            answer.returncode == code and word in answer.stderr.decode() and not answer.stdout) else [
                f"{answer.returncode}: {answer.stderr.decode()}"]


def page_tests(folder):
    able, answer = has_pages(folder)
    if not able:
        yield "a build without pages says so", [] if answer.returncode == 3 and "no browser pages" in answer.stderr.decode() \
            else [f"{answer.returncode}: {answer.stderr.decode()}"]
        answer = said("day", MOUNTAIN, "--html", os.path.join(folder, "day.html"))
        yield "and does not rehearse a day in vain", [] if answer.returncode == 3 and not answer.stdout else [str(answer)]
        return
    for resort in (MASIKRYONG, MOUNTAIN):
        path, name = os.path.join(folder, "day.html"), os.path.basename(resort)
        answer = said("day", resort, "--html", path, "--json", os.path.join(folder, "day.json"))
        problems = [] if answer.returncode == 0 and answer.stdout else [answer.stderr.decode()]
        page = Reader()
        with open(path, encoding="utf-8") as source:
            page.feed(source.read())
        if sorted(page.scripts) != ["licences", "maplibre", "piste-day", "piste-resort", "program"]:
            problems.append(f"scripts: {sorted(page.scripts)}")
        with open(os.path.join(folder, "day.json"), encoding="utf-8") as source:
            if json.loads(page.scripts["piste-day"]) != json.load(source):
                problems.append("the day in the page is not that of --json")
        if page.fetched:
            problems.append(f"it would fetch {page.fetched}")
        yield f"{name}: the page holds the day, and fetches nothing", problems
        again = said("day", resort, "--html", "-").stdout
        with open(path, "rb") as source:
            yield f"{name}: the page is the same bytes each time, on standard output as well", [] if source.read() == again \
                else ["other bytes"]
    answer = said("day", MOUNTAIN, "--html", "-", "--json", "-")
    yield "two outputs to standard output are refused", [] if answer.returncode == 2 else [str(answer.returncode)]
    page = Reader()
    page.feed(said("map", MASIKRYONG, "--html", "-").stdout.decode())
    yield "a map's page holds no day", [] if "piste-day" not in page.scripts and "piste-resort" in page.scripts else [
        str(sorted(page.scripts))]


def main():
    with tempfile.TemporaryDirectory() as folder:
        results = [*svg_tests(folder), *usage_tests(folder), *page_tests(folder)]
    print(f"1..{len(results)}")
    for number, (name, found) in enumerate(results, 1):
        for text in found:
            print("# " + text.replace("\n", "\n# "))
        print(f"{'not ok' if found else 'ok'} {number} - {name}")
    return any(found for _, found in results)


if __name__ == "__main__":
    sys.exit(main())
