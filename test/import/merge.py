#!/usr/bin/python3
"""test/import/merge.py - a new import of a folder that its owner has corrected: nothing of theirs is lost.

    merge.py PISTE        PISTE: the program; speaks TAP. More cases with PISTE_TEST_FULL=1
"""
import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import FULL, PISTE, expect, features, load, piste, read, save  # noqa: E402
from resorts import Hill  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402 - it stands one folder up


def edit(folder, *pairs):
    path = os.path.join(folder, "resort.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for old, new in pairs:
        expect(old in text, f"{old} is not in resort.yaml")
        text = text.replace(old, new, 1)
    save(folder, "resort.yaml", text)


def texts(folder, files_only=False):
    """{name: contents}; `files_only`: of what an import writes."""
    names = ("resort.yaml", "lifts.geojson", "runs.geojson", "report.txt", "README.md", "import.yaml")
    out = {}
    for name in names if files_only else sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            out[name] = file.read()
    return out


def test_a_merge_keeps_corrections(top):
    hill = Hill(61, 5)
    path = save(top, "hill.osm", hill.osm())
    folder, _ = load(top, path)
    first = open(os.path.join(folder, "resort.yaml"), encoding="utf-8").read()
    lift = first.split("lifts:\n  - key: ")[1].split("\n")[0]
    edit(folder, ("hours: 09:00-16:00\nbasis", "hours: 08:30-15:30\nbasis"),
         ("walks:\n", "walks:\n  - key: my-walk\n    from: base\n    to: " + lift + "-top\n    length: 900 m\n")
         if "\nwalks:\n" in first else
         ("\nvenues:\n", "\nwalks:\n  - key: my-walk\n    from: base\n    to: " + lift
          + "-top\n    length: 900 m\n\nvenues:\n"),
         ("  - key: parking\n    name: \"Car park\"", "  - key: parking\n    name: \"North lot\""),
         ("  - key: day-visitors\n    name: \"Local day visitors\"\n    guests: ",
          "  - key: day-visitors\n    name: \"Local day visitors\"\n    guests: 1"))
    save(folder, "notes.txt", "mine")
    before = texts(folder)
    # The map: one run is gone, another lift has a name of its own now, and a lift is new.
    gone = next(line for line in reversed(hill.lines) if line.kind == "run" and "name" in line.tags)
    gone.tags = {"highway": "track"}
    next(line for line in hill.lines if line.kind == "lift").tags["aerialway:capacity"] = "1234"
    path = save(top, "new.osm", hill.osm())
    report = json.loads(piste("import", path, "-o", folder, "--merge", "--json", "-").stdout)
    expect(texts(folder + ".before-1") == before, "the folder of before was touched")
    merged = open(os.path.join(folder, "resort.yaml"), encoding="utf-8").read()
    for word in ("08:30-15:30", "my-walk", "North lot", "1234 pph"):
        expect(word in merged, f"{word} is not in the merged file")
    expect(open(os.path.join(folder, "notes.txt"), encoding="utf-8").read() == "mine", "notes.txt")
    expect("0 errors" in piste("check", folder).stdout, "check")
    kept = json.dumps(report["kept"])
    for word in ("hours", "my-walk", "North lot"):
        expect(word in kept, report["kept"])
    expect("no longer on the map" in json.dumps(report["map_changes"]), report["map_changes"])
    # Once more with the same map: nothing changes any more, and the corrections are still told.
    piste("import", path, "-o", folder, "--merge")
    again = open(os.path.join(folder, "resort.yaml"), encoding="utf-8").read()
    expect(again == merged, "a second merge changed something")
    expect(sorted(os.listdir(top)) == ["hill", "hill.before-1", "hill.before-2", "hill.osm", "new.osm"],
           os.listdir(top))


def test_a_merge_of_the_same_map_changes_nothing(top):
    hill = Hill(62, 5)
    path = save(top, "hill.osm", hill.osm())
    folder, _ = load(top, path)
    a = texts(folder)
    report = json.loads(piste("import", path, "-o", folder, "--merge", "--json", "-").stdout)
    b = texts(folder)
    expect(not report["map_changes"] and not report["kept"] and not report["conflicts"], report["conflicts"])
    expect(a["runs.geojson"] == b["runs.geojson"] and a["import.yaml"] == b["import.yaml"], "the map differs")


def test_names_that_the_owner_has_corrected_stay(top):
    hill = Hill(64, 5)
    lift = next(line for line in hill.lines if line.kind == "lift")
    lift.tags.update({"name:ko": "옛 이름", "name:ja": "旧名", "name:ru": "Старое"})
    folder, _ = load(top, save(top, "hill.osm", hill.osm()))
    edit(folder, ('names: {ja: "旧名", ko: "옛 이름", ru: "Старое"}', 'names: {ja: "旧名", ko: "내 이름", zh-Hant: "我的"}'))
    # The map has another Japanese name, another Korean one, too, and one in German more.
    lift.tags.update({"name:ko": "새 이름", "name:ja": "新名", "name:de": "Neu"})
    report = json.loads(piste("import", save(top, "new.osm", hill.osm()), "-o", folder, "--merge", "--json", "-").stdout)
    merged = read(folder, "resort.yaml")
    for word in ("내 이름", "我的", "新名", "Neu"):
        expect(word in merged, f"{word} is not in the merged file")
    for word in ("새 이름", "旧名", "Старое"):
        expect(word not in merged, f"{word} is in the merged file")
    expect("names ko" in json.dumps(report["conflicts"], ensure_ascii=False), report["conflicts"])
    expect("names zh-Hant" in json.dumps(report["kept"]) and "names ru" in json.dumps(report["kept"]), report["kept"])
    expect("0 errors" in piste("check", folder).stdout, "check")


def test_what_the_owner_uses_stays(top):
    hill = Hill(63, 5)
    folder, _ = load(top, save(top, "hill.osm", hill.osm()))
    lost = next(line for line in reversed(hill.lines) if line.kind == "lift")
    key = next(line["properties"]["key"] for line in features(folder, "lifts.geojson")
               if line["properties"].get("name") == lost.tags["name"])
    edit(folder, (f"  - key: {key}\n    name: \"{lost.tags['name']}\"", f"  - key: {key}\n    name: \"Mine\""))
    lost.tags = {"power": "line"}
    piste("import", save(top, "new.osm", hill.osm()), "-o", folder, "--merge")
    names = [line["properties"]["key"] for line in features(folder, "lifts.geojson")]
    expect(key in names, f"{key} is not in {names}")


def test_a_merge_that_cannot_be_leaves_all(top):
    hill = Hill(61, 5)
    path = save(top, "hill.osm", hill.osm())
    piste("import", path, "-o", os.path.join(top, "hill"), "--merge", code=3)
    folder, _ = load(top, path)
    for name, text, code in (("import.yaml", "a: [&x 1, *x]\n", 4), ("import.yaml", "{[a]: b}\n", 4),
                             ("import.yaml", None, 3), ("resort.yaml", "piste: 1\nname: 7: 8\n", 4)):
        whole = texts(folder)
        if text is None:
            os.remove(os.path.join(folder, name))
        else:
            save(folder, name, text)
        spoiled_folder = texts(folder)
        piste("import", path, "-o", folder, "--merge", code=code)
        expect(texts(folder) == spoiled_folder, "the folder was touched")
        expect(sorted(os.listdir(top)) == ["hill", "hill.osm"], os.listdir(top))
        for file, data in whole.items():
            save(folder, file, data)


# ---- comments --------------------------------------------------------------------------------------------------------

def indent(line):
    """How far in the content of a line stands; a dash begins an entry."""
    blank = len(line) - len(line.lstrip(" "))
    return blank + 2 if line.lstrip().startswith("- ") else blank


def commented(text, seed):
    """Comments above, below and behind random lines of a resort.yaml: the text, and {comment: where it stands}."""
    rand, out, truth = random.Random(seed), [], {}
    for line in text.rstrip("\n").split("\n"):
        word = line.strip()
        if not word or word.startswith("#"):
            out.append(line)
            continue
        if rand.random() < 0.04:
            truth[f"# above {len(truth)}, as \"they\" say: é"] = word
            out.append(" " * (len(line) - len(line.lstrip())) + list(truth)[-1])
        at = len(out)
        out.append(line)
        if rand.random() < 0.04:
            truth[f"# behind {len(truth)} # and more"] = word
            out[at] += " " + list(truth)[-1]
        if rand.random() < 0.04 and not word.endswith(":"):
            truth[f"# below {len(truth)}"] = word
            out.append(" " * indent(line) + list(truth)[-1])
    return "\n".join(out) + "\n# the end\n", truth


def where(text):
    """{comment: lines of content before, at and after it} of a merged file."""
    lines, found = text.split("\n"), {}
    for number, line in enumerate(lines):
        if "# " not in line:
            continue
        comment = re.search(r"# (above|behind|below|the end).*", line)
        if not comment:
            continue
        before = next((one for one in reversed(lines[:number]) if one.strip() and not one.strip().startswith("#")), "")
        after = next((one for one in lines[number + 1:] if one.strip() and not one.strip().startswith("#")), "")
        found[comment.group(0)] = tuple(one.split("  # ")[0].strip() for one in (before, line, after))
    return found


def same(line, merged):
    """The same entry or field: quotes, blanks and the way a map is written do not count."""
    return re.sub(r"[\s\"']", "", line).split("{")[0] == re.sub(r"[\s\"']", "", merged).split("{")[0]


def test_comments_of_the_owner_stay(top):
    count = 0
    for seed in range(70, 73 if not FULL else 100):
        hill = Hill(seed, 5)
        path = save(top, "hill.osm", hill.osm())
        folder, _ = load(top, path)
        text, truth = commented(read(folder, "resort.yaml"), seed)
        save(folder, "resort.yaml", text)
        report = json.loads(piste("import", path, "-o", folder, "--merge", "--json", "-").stdout)
        expect(not report["conflicts"], report["conflicts"])
        merged = read(folder, "resort.yaml")
        found = where(merged)
        for comment, line in truth.items():
            expect(comment in found, f"seed {seed}: {comment} at {line} is lost")
            before, at, after = found[comment]
            beside = at if comment.startswith("# behind") else f"{before}\n{after}"
            expect(any(same(line, one) for one in beside.split("\n")),
                   f"seed {seed}: {comment} stood at {line}: {found[comment]}")
        expect(merged.endswith("\n# the end\n"), merged[-200:])
        expect(f"{len(truth) + 1} of yours" in json.dumps(report["kept"]), report["kept"])
        piste("import", path, "-o", folder, "--merge")
        expect(read(folder, "resort.yaml") == merged, f"seed {seed}: a second merge moved something")
        expect("0 errors" in piste("check", folder).stdout, "check")
        count += len(truth)
    return f"{count} comments"


FLOW = re.compile(r"( +)(visits|arrival|leaving|service-time|stay|sections|sessions|at): ([\[{])(.*)([\]}])$")


def littered(text, seed):
    """Comments wherever YAML allows them, and what looks like one and is none: the text, and how many."""
    rand, out, marks = random.Random(seed), [], []

    def mark():
        marks.append(f"#c{len(marks)}c")
        return marks[-1] + rand.choice(["", " é", ' "q', " {a: [", " - x", " # #", " \t tab", " it's"])

    for line in text.rstrip("\n").split("\n"):
        word, deep = line.strip(), " " * (len(line) - len(line.lstrip()))
        flow = FLOW.match(line)
        if not word or word.startswith("#"):
            out.append(line)
            continue
        if rand.random() < 0.05:
            out.append(" " * rand.randrange(10) + mark())
        if flow and rand.random() < 0.5 and '"' not in line:
            items = f",\n{deep}    ".join(flow.group(4).split(", "))
            begin, end = f"{deep}{flow.group(2)}: {flow.group(3)} {mark()}", f"{deep}  {flow.group(5)}"
            line = f"{begin}\n{deep}    {items} {mark()}\n{end}"
        if word.startswith("name:") and rand.random() < 0.05:
            line = re.sub(r'"(.*)"', r"'\1 # none'", line)
        if rand.random() < 0.05:
            line += rand.choice([" ", "\t", "   "]) + mark()
        if word.startswith("- key: ") and rand.random() < 0.1:
            line += f"\n{deep}  note: |  {mark()}\n{deep}    text # none\n{deep}    more"
        out.append(line)
    text = "\n".join(out) + ("\n" + mark() if rand.random() < 0.5 else "") + "\n"
    text = text.replace("\n", "\r\n") if rand.random() < 0.3 else text
    return "\ufeff" * (rand.random() < 0.2) + text, marks


def test_comments_anywhere_are_kept(top):
    path = save(top, "hill.osm", Hill(61, 4).osm())
    folder, _ = load(top, path)
    first, count = read(folder, "resort.yaml"), 0
    for seed in range(20 if not FULL else 100):
        text, marks = littered(first, seed)
        save(folder, "resort.yaml", text.encode())
        report = json.loads(piste("import", path, "-o", folder, "--merge", "--json", "-").stdout)
        merged = read(folder, "resort.yaml")
        expect(not report["conflicts"], f"seed {seed}: {report['conflicts'][:3]}")
        expect(all(f"{one}" in merged for one in marks), f"seed {seed}: {[one for one in marks if one not in merged]}")
        piste("import", path, "-o", folder, "--merge")
        expect(read(folder, "resort.yaml") == merged, f"seed {seed}: a second merge changed something")
        count += len(marks)
        for one in os.listdir(top):
            if one.startswith("hill.before"):
                shutil.rmtree(os.path.join(top, one))
    return f"{count} comments"


def test_comments_at_what_is_gone_are_told(top):
    hill = Hill(64, 5)
    folder, _ = load(top, save(top, "hill.osm", hill.osm()))
    lost = next(line for line in reversed(hill.lines) if line.kind == "run" and "name" in line.tags)
    lines = read(folder, "resort.yaml").split("\n")
    at = next(n for n, line in enumerate(lines) if f'name: "{lost.tags["name"]}"' in line
              and any(one.startswith("runs:") for one in lines[:n]))
    lines[at] += "   # the steep one"
    lines[0:0] = ["# mine, at the top"]
    save(folder, "resort.yaml", "\n".join(lines))
    lost.tags = {"highway": "track"}
    path = save(top, "new.osm", hill.osm())
    report = json.loads(piste("import", path, "-o", folder, "--merge", "--json", "-").stdout)
    told = [one["message"] for one in report["conflicts"] if one["subject"] == "comments"]
    expect(len(told) == 1 and told[0].startswith(f"line {at + 2} of your resort.yaml, # the steep one: "), told)
    expect(read(folder, "resort.yaml").split("\n")[1] == "# mine, at the top", read(folder, "resort.yaml")[:300])
    expect("# the steep one" in read(folder + ".before-1", "resort.yaml"), "the folder of before")


def test_an_entry_for_other_dates_stays(top):
    """A key may come again for another time: what the owner added so is the owner's."""
    hill = Hill(65, 5)
    path = save(top, "hill.osm", hill.osm())
    folder, _ = load(top, path)
    text = read(folder, "resort.yaml")
    begin = text.index("\nlifts:\n") + len("\nlifts:\n")
    entry = text[begin:text.index("\n  - key: ", begin)]
    key = entry.split("\n")[0].split(": ")[1]
    now = entry + "\n    valid: {until: 2030-01-01}\n"
    then = entry.replace("seats: ", "seats: 1", 1) + "\n    valid: {from: 2030-01-02}"
    save(folder, "resort.yaml", text[:begin] + now + then + text[begin + len(entry):])
    piste("check", folder, "--date", "2031-01-15")
    for _ in range(2):
        piste("import", path, "-o", folder, "--merge")
        merged = read(folder, "resort.yaml")
        expect(merged.count(f"- key: {key}\n") == 2 and "2030-01-02" in merged and "2030-01-01" in merged, merged)


# ---- what else is in the folder --------------------------------------------------------------------------------------

def tree(folder):
    """{path: kind, mode, time and contents} of all in a folder but for what an import writes."""
    out = {}
    for at, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(at, name)
            about = os.lstat(path)
            what = os.readlink(path) if stat.S_ISLNK(about.st_mode) else ""
            if stat.S_ISREG(about.st_mode):
                with open(path, "rb") as file:
                    what = file.read()
            if at != folder or name not in ("resort.yaml", "lifts.geojson", "runs.geojson", "report.txt", "README.md",
                                            "import.yaml"):
                out[os.path.relpath(path, folder)] = (about.st_mode, 0 if what == "" else about.st_mtime_ns
                                                      if isinstance(what, bytes) else 0, what)
    return out


def furnish(folder):
    os.makedirs(os.path.join(folder, "photos", "2025", "empty"))
    save(folder, "notes.txt", "mine")
    save(folder, "photos/a.jpg", bytes(range(256)) * 2000)
    save(folder, "photos/2025/plan.sh", "#!/bin/sh\n")
    os.chmod(os.path.join(folder, "photos/2025/plan.sh"), 0o750)
    os.utime(os.path.join(folder, "notes.txt"), (1000000000, 1000000000))
    os.symlink("../notes.txt", os.path.join(folder, "photos", "link"))
    os.symlink("/no/such/file", os.path.join(folder, "broken"))
    save(folder, ".hidden", "too")
    os.chmod(os.path.join(folder, "photos/2025/empty"), 0o500)


def test_what_else_is_in_the_folder_stays(top):
    path = save(top, "hill.osm", Hill(66, 4).osm())
    folder, _ = load(top, path)
    furnish(folder)
    os.chmod(folder, 0o750)
    before = tree(folder)
    for number in (1, 2):
        piste("import", path, "-o", folder, "--merge")
        expect(tree(folder) == before, f"{set(tree(folder).items()) ^ set(before.items())}"[:2000])
        expect(tree(f"{folder}.before-{number}") == before, "the folder of before was touched")
        expect(os.stat(folder).st_mode & 0o7777 == 0o750, "the folder's own mode")
    os.symlink(folder, os.path.join(top, "link"))
    piste("import", path, "-o", os.path.join(top, "link"), "--merge")
    expect(os.path.islink(os.path.join(top, "link")) and tree(folder) == before, "a link to the folder")
    for one in os.listdir(top):
        if one.startswith("hill."):
            shutil.rmtree(os.path.join(top, one), ignore_errors=True)
    return f"{len(before)} files, folders and links"


def test_what_cannot_be_carried_over_is_told(top):
    path = save(top, "hill.osm", Hill(66, 4).osm())
    folder, _ = load(top, path)
    furnish(folder)
    os.mkfifo(os.path.join(folder, "photos", "pipe"))
    before = {**tree(folder), **texts(folder, files_only=True)}
    done = piste("import", path, "-o", folder, "--merge", code=4)
    expect(f"{folder}/photos/pipe: neither a file nor a folder nor a link" in done.stderr, done.stderr)
    expect({**tree(folder), **texts(folder, files_only=True)} == before, "the folder was touched")
    expect(sorted(os.listdir(top)) == ["hill", "hill.osm"], os.listdir(top))


# ---- being killed ----------------------------------------------------------------------------------------------------

# Counts the calls by which a folder is written, and dies at one of them: before it, or just after it.
SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
static int count;
static void act(int after) {
    const char *at = getenv("DIE_AT");
    if (!after)
        count++;
    if (at && atoi(at) == 2 * count + after - 2)
        kill(getpid(), SIGKILL);
}
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WRAP(name, types, values) \\
    int name types { act(0); int r = NEXT(name) values; int e = errno; act(1); errno = e; return r; }
WRAP(mkdir, (const char *a, mode_t m), (a, m))
WRAP(rename, (const char *a, const char *b), (a, b))
WRAP(fsync, (int fd), (fd))
WRAP(symlink, (const char *a, const char *b), (a, b))
WRAP(chmod, (const char *a, mode_t m), (a, m))
int renameat2(int a, const char *b, int c, const char *d, unsigned f) {
    if (getenv("NO_EXCHANGE")) { errno = EINVAL; return -1; }
    act(0);
    int r = NEXT(renameat2)(a, b, c, d, f), e = errno;
    act(1);
    errno = e;
    return r;
}
"""


def shim(top):
    """The library that kills; None, with the reason, where none can be built or loaded."""
    library = os.path.join(top, "shim.so")
    if not shutil.which("cc"):
        return None, "SKIP no cc here"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, save(top, "shim.c", SHIM), "-ldl"], check=True)
    done = subprocess.run([PISTE, "--version"], capture_output=True, text=True, check=False,
                          env={**os.environ, "LD_PRELOAD": library})
    return (library, None) if done.returncode == 0 else (None, f"SKIP not loaded: {done.stderr.splitlines()[:1]}")


def corrected(top, seed):
    """A map, a folder that was made of an older one and then corrected, and what a merge makes of it."""
    hill = Hill(seed, 4)
    start = os.path.join(top, "start")
    load(top, save(top, "old.osm", hill.osm()), name="start")
    furnish(start)
    edit(start, ("hours: 09:00-16:00\nbasis", "hours: 08:30-15:30\nbasis"))
    next(line for line in hill.lines if line.kind == "lift").tags["aerialway:capacity"] = "1234"
    path = save(top, "new.osm", hill.osm())
    done = os.path.join(top, "done")
    shutil.copytree(start, done, symlinks=True)
    piste("import", path, "-o", done, "--merge")
    return path, start, {**texts(start, files_only=True), **tree(start)}, {**texts(done, files_only=True), **tree(done)}


def whole(folder):
    return {**texts(folder, files_only=True), **tree(folder)}


def judge(at, old, new, exchanged=True):
    """After a kill: FOLDER is old or new, and in the latter case the old one is beside it. Which."""
    folder, aside = os.path.join(at, "hill"), os.path.join(at, "hill.before-1")
    if not exchanged and not os.path.exists(folder):
        expect(whole(aside) == old, "the folder of before is not what it was")
        return "aside"
    now = whole(folder)
    expect(now in (old, new), "half a folder")
    if now == new and new != old:
        expect(whole(aside) == old, "the old folder is lost")
    return "new" if now == new else "old"


def killed(top, path, start, old, new, run, exchanged=True):
    at = os.path.join(top, "at")
    shutil.rmtree(at, ignore_errors=True)
    os.mkdir(at)
    shutil.copytree(start, os.path.join(at, "hill"), symlinks=True)
    over = run(os.path.join(at, "hill"))
    state = judge(at, old, new, exchanged)
    if state == "aside":
        done = piste("import", path, "-o", os.path.join(at, "hill"), "--merge", code=3)
        expect("hill.before-1 is there, which a merge that was broken off may have left" in done.stderr, done.stderr)
        os.rename(os.path.join(at, "hill.before-1"), os.path.join(at, "hill"))
    piste("import", path, "-o", os.path.join(at, "hill"), "--merge")
    left = [one for one in os.listdir(at) if not re.fullmatch(r"hill(\.before-\d+)?", one)]
    expect(not left, f"left behind: {left}")
    expect(tree(os.path.join(at, "hill")) == tree(start), "the owner's files")
    expect("08:30-15:30" in read(at, "hill", "resort.yaml"), "the correction is lost")
    subprocess.run(["chmod", "-R", "u+rwx", at], check=True)
    return over, state


def test_a_merge_may_be_killed_at_any_call(top):
    library, skip = shim(top)
    if not library:
        return skip
    path, start, old, new = corrected(top, 67)
    notes = []
    for exchanged in (True, False):
        states, number = [], 0
        while True:
            env = {**os.environ, "LD_PRELOAD": library, "DIE_AT": str(number)}
            if not exchanged:
                env["NO_EXCHANGE"] = "1"

            def run(folder, env=env):
                return subprocess.run([PISTE, "import", path, "-o", folder, "--merge"], env=env, check=False,
                                      capture_output=True).returncode == 0

            over, state = killed(top, path, start, old, new, run, exchanged)
            states.append(state)
            number += 1
            expect(number < 500, "it never ends")
            if over:
                break
        expect(states[-1] == "new" and "old" in states, states)
        expect(exchanged or states.count("aside") > 0, states)
        expect(not exchanged or "aside" not in states, states)
        notes.append(f"{'exchanged' if exchanged else 'in two steps'}: {number} moments, "
                     + ", ".join(f"{states.count(one)} {one}" for one in ("old", "aside", "new")))
    return "; ".join(notes)


def test_a_merge_may_be_killed_at_any_time(top):
    path, start, old, new = corrected(top, 68)
    shutil.copytree(start, os.path.join(top, "timed"), symlinks=True)
    begin = time.monotonic()
    piste("import", path, "-o", os.path.join(top, "timed"), "--merge")
    length, states = time.monotonic() - begin, []
    for number in range(30 if not FULL else 300):
        delay = length * 1.2 * number / (30 if not FULL else 300)

        def run(folder, delay=delay):
            with subprocess.Popen([PISTE, "import", path, "-o", folder, "--merge"], stdout=subprocess.DEVNULL) as one:
                time.sleep(delay)
                one.send_signal(signal.SIGKILL)
            return False

        states.append(killed(top, path, start, old, new, run)[1])
    return ", ".join(f"{states.count(one)} {one}" for one in ("old", "new"))


def test_what_lives_is_left_alone(top):
    """A folder that another import is writing has a process; one without is removed, anything else is not."""
    path = save(top, "hill.osm", Hill(69, 4).osm())
    folder = os.path.join(top, "hill")
    with subprocess.Popen(["sleep", "60"]) as other:
        dead = subprocess.run(["true"], check=True)
        with subprocess.Popen(["true"]) as gone:
            gone.wait()
        expect(dead.returncode == 0, dead)
        for name in (f"hill.{other.pid}.part", f"hill.{gone.pid}.part", "hill.x.part", f"hill2.{gone.pid}.part",
                     f"hill.{gone.pid}.parts"):
            os.makedirs(os.path.join(top, name, "inner"))
            save(top, name + "/inner/file", "x")
        piste("import", path, "-o", folder)
        expect(sorted(os.listdir(top)) == sorted(["hill", "hill.osm", f"hill.{other.pid}.part", "hill.x.part",
                                                  f"hill2.{gone.pid}.part", f"hill.{gone.pid}.parts"]), os.listdir(top))
        other.kill()


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
