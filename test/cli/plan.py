#!/usr/bin/python3
"""test/cli/plan.py - `piste plan` as its users meet it: words, files, databases, kills, several processes.

    plan.py PISTE        PISTE: the program; speaks TAP
"""
import csv
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402 - it stands one folder up

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
EXAMPLE = os.path.join(ROOT, "examples", "plans", "badger-lessons-and-boards.yaml")
FULL = os.environ.get("PISTE_TEST_FULL") == "1"
PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--mca", "btl_vader_single_copy_mechanism", "none"]


def plan(*words, program=(), **options):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    if program: # Open MPI keeps memory of its own to the end
        env["ASAN_OPTIONS"] = ":".join(filter(None, (env.get("ASAN_OPTIONS"), "detect_leaks=0")))
    return subprocess.run([*program, PISTE, "plan", *words], capture_output=True, text=True, check=False, timeout=300,
                          env={**env, "LC_ALL": "C.UTF-8"}, **options)


def wrote(top, name, text):
    path = os.path.join(top, name)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text.replace("ROOT", ROOT))
    return path


def small(top, more="", name="small.yaml", visits=150, days=24):
    return wrote(top, name, f"""plan: 1
name: Small
resort: ROOT/examples/badger-pass
visits: {visits}
factors:
  - key: interval
    levels:
      - {{key: as-is}}
      - {{key: slower, changes: {{"lifts.*.interval": x 1.2}}}}
measures:
  - {{measure: wait_mean@all}}
  - {{measure: rides_each}}
replications: {{minimum: {days}, maximum: {days}}}
{more}""")


def exported(path):
    with open(path, "rb") as source:
        return source.read()


def figures(db):
    there = sqlite3.connect(db)  # used as a context it would stay open
    try:
        return there.execute("SELECT count(*) FROM figure").fetchone()[0]
    finally:
        there.close()


def test_the_example_prints_a_screen(_):
    ran = plan(EXAMPLE)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == "" and "Scenario" in ran.stdout and "lessons=staggered" in ran.stdout, ran.stdout
    assert all(len(line) <= 100 for line in ran.stdout.split("\n")), "wider than the page"
    assert "\033" not in ran.stdout


def test_json_and_csv_say_the_same(top):
    paths = [os.path.join(top, n) for n in ("a.json", "a.csv")]
    ran = plan(small(top), "--json", paths[0], "--csv", paths[1])
    assert ran.returncode == 0, ran.stderr
    data = json.loads(exported(paths[0]))
    rows = list(csv.DictReader(exported(paths[1]).decode().splitlines()))
    assert data["format"] == "piste-plan" and data["version"] == 1
    assert len(rows) == len(data["estimates"]) == 4
    for row, estimate in zip(rows, data["estimates"]):
        assert row["scenario"] == estimate["scenario"] and float(row["mean"]) == estimate["mean"]
        low, high = estimate["interval"]
        assert abs((low + high) / 2 - estimate["mean"]) < 2e-6 and low <= high
    assert data["days"] == 48 and data["baseline"] == "interval=as-is"
    try:
        import jsonschema
    except ImportError:
        return "# without python3-jsonschema the layout is not validated"
    with open(os.path.join(ROOT, "docs", "plan.schema.json"), encoding="utf-8") as source:
        schema = json.load(source)
    jsonschema.validate(data, schema)
    for design, more in (("sobol", "samples: 4"), ("morris", "samples: 3"), ("latin-hypercube", "samples: 6")):
        path = wrote(top, "range.yaml", f"""plan: 1
name: Ranges
resort: ROOT/examples/badger-pass
visits: 40
design: {design}
{more}
factors: [{{key: a, from: 0.9, to: 1.1, changes: {{lifts.eagle.interval: "x {{}}"}}}}]
measures: [{{measure: rides_each}}]
replications: {{minimum: 2, maximum: 2}}
""")
        ran = plan(path, "--json", "-")
        assert ran.returncode == 0, ran.stderr
        jsonschema.validate(json.loads(ran.stdout), schema)
    ran = plan(small(top, "selection: {measure: rides_each, best: most, indifference: 0.1}\n", "select.yaml"), "--json", "-")
    jsonschema.validate(json.loads(ran.stdout), schema)
    return None


def test_wrong_words_are_told(top):
    path = small(top)
    for words, expected in (([], "expected a plan's file"), ([path, path], "expected one plan"), ([path, "--threads", "0"], "--threads 0"),
                            ([path, "--compare"], "two databases"), ([path, "--json", "x", "--csv", "x"], "both go to"),
                            ([path, "--db", "-"], "--db -"), ([os.path.join(top, "none.yaml")], "No such file")):
        ran = plan(*words)
        assert ran.returncode != 0 and expected in ran.stderr and ran.stdout == "", (words, ran.stderr)


def test_nothing_runs_where_the_plan_is_wrong(top):
    path, db = small(top, "cap: 3\n"), os.path.join(top, "plan.db")
    ran = plan(path, "--db", db)
    assert ran.returncode != 0 and f"{path}:14:1: cap: not a key of a plan" in ran.stderr, ran.stderr
    assert not os.path.exists(db)


def test_a_killed_plan_goes_on(top):
    path = small(top, visits=600, days=40)
    whole = os.path.join(top, "whole.json")
    assert plan(path, "--json", whole).returncode == 0
    chance = random.Random(3)
    for round_ in range(12 if FULL else 3):
        db, again = os.path.join(top, f"{round_}.db"), os.path.join(top, f"{round_}.json")
        kills = 0
        while True:
            ran = subprocess.Popen([PISTE, "plan", path, "--db", db, "--json", again, "--threads", "2"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
            try:
                ran.wait(timeout=0.05 + 0.4 * chance.random() if kills < 4 else 300)
                break
            except subprocess.TimeoutExpired:
                ran.send_signal(signal.SIGKILL)
                ran.wait()
                kills += 1
                if os.path.exists(again): # killed on its way out: the whole result is there, or none
                    assert exported(again) == exported(whole), "half a result"
                    os.unlink(again)
        assert ran.returncode == 0
        assert exported(again) == exported(whole), "other bytes than at once"
        assert figures(db) == 2 * 40 * 2
    # With all its days there it rehearses none.
    begun = time.monotonic()
    assert plan(path, "--db", db, "--json", again).returncode == 0 and exported(again) == exported(whole)
    assert time.monotonic() - begun < 5


def test_ten_thousand_days(top):
    path = os.path.join(ROOT, "examples", "plans", "masikryong-season.yaml")
    if not FULL:
        ran = plan(path, "--check")
        assert ran.returncode == 0, ran.stderr
        return "everyday it is only checked; rehearsed with PISTE_TEST_FULL=1"
    db, out, begun = os.path.join(top, "season.db"), os.path.join(top, "season.json"), time.monotonic()
    kept = 0
    for commits in (3, 10):
        ran = subprocess.Popen([PISTE, "plan", path, "--db", db], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        under_way(ran, db)
        written = seen = 0
        while seen < commits: # while it runs nobody else may read its database: its log tells when something was kept
            assert ran.poll() is None, ran.returncode
            before, written = written, os.stat(db + "-wal").st_mtime_ns
            seen += written != before
            time.sleep(0.02)
        ran.send_signal(signal.SIGKILL)
        ran.wait()
        before, kept = kept, figures(db)
        assert before < kept < 50000, kept
    ran = subprocess.run([PISTE, "plan", path, "--db", db, "--json", out], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(exported(out))["days"] == 10000 and kept > 0 and figures(db) == 50000
    return f"{kept // 5} days were kept of two that were killed; {time.monotonic() - begun:.0f} s in all"


def under_way(ran, db):
    """Waits until a plan that takes far longer has put its first days into the database."""
    for _ in range(2400):
        if os.path.exists(db + "-wal") and os.path.getsize(db + "-wal") > 60000:
            return
        assert ran.poll() is None, "it has ended"
        time.sleep(0.025)
    raise AssertionError("no day is kept after a minute")


def test_interrupted_by_hand_it_says_how_to_go_on(top):
    path, db = small(top, visits=800, days=20000), os.path.join(top, "plan.db")
    ran = subprocess.Popen([PISTE, "plan", path, "--db", db], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    under_way(ran, db)
    ran.send_signal(signal.SIGINT)
    out, err = ran.communicate(timeout=60)
    assert ran.returncode not in (0, -signal.SIGINT) and out == "" and "goes on from" in err, (ran.returncode, out, err)
    assert figures(db) > 0


def test_another_plan_is_refused(top):
    db = os.path.join(top, "plan.db")
    assert plan(small(top), "--db", db).returncode == 0
    assert figures(db) == 96
    ran = plan(small(top, visits=151), "--db", db)
    assert ran.returncode != 0 and "another plan's days" in ran.stderr, ran.stderr
    # How many days are wanted is no other plan: those that are there count.
    ran = plan(small(top, days=30), "--db", db)
    assert ran.returncode == 0, ran.stderr
    assert figures(db) == 120
    fewer, once = os.path.join(top, "fewer.json"), os.path.join(top, "once.json")
    assert plan(small(top), "--db", db, "--json", fewer).returncode == 0 and plan(small(top), "--json", once).returncode == 0
    assert exported(fewer) == exported(once), "days beyond those that are wanted change the result"
    after = sqlite3.connect(db)
    with after:
        after.execute("UPDATE plan SET value = '0.0.0' WHERE key = 'piste'")
    after.close()
    ran = plan(small(top), "--db", db)
    assert ran.returncode != 0 and "made by piste 0.0.0" in ran.stderr, ran.stderr
    text = wrote(top, "text.db", "This is no database, and longer than a header of one would have to be. " * 20)
    ran = plan(small(top), "--db", text)
    assert ran.returncode != 0 and "not a SQLite database" in ran.stderr, ran.stderr


def test_one_at_a_time_has_the_database(top):
    db = os.path.join(top, "plan.db")
    first = subprocess.Popen([PISTE, "plan", small(top, visits=800, days=20000), "--db", db], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    under_way(first, db)
    ran = plan(small(top, visits=800, days=20000), "--db", db)
    first.kill()
    first.wait()
    assert ran.returncode != 0 and "another program has this database open" in ran.stderr, ran.stderr


def test_two_plans_are_compared(top):
    a, b = os.path.join(top, "a.db"), os.path.join(top, "b.db")
    assert plan(small(top), "--db", a).returncode == 0
    assert plan(small(top, visits=300), "--db", b).returncode == 0
    ran = plan("--compare", a, b, "--json", "-")
    assert ran.returncode == 0, ran.stderr
    data = json.loads(ran.stdout)
    assert data["paired"] and len(data["rows"]) == 4
    for row in data["rows"]:
        assert abs(row["b"]["mean"] - row["a"]["mean"] - row["difference"]["mean"]) < 3e-6
    same = json.loads(plan("--compare", a, a, "--json", "-").stdout)
    assert all(row["difference"]["mean"] == 0 for row in same["rows"])
    other = os.path.join(top, "c.db")
    assert plan(small(top, "seed: 2\n"), "--db", other).returncode == 0
    unpaired = json.loads(plan("--compare", a, other, "--json", "-").stdout)
    assert not unpaired["paired"] and all(row["difference"]["half_width"] > 0 for row in unpaired["rows"])
    assert "B - A" in plan("--compare", a, b).stdout
    ran = plan("--compare", a, os.path.join(top, "none.db"))
    assert ran.returncode != 0 and "no such file" in ran.stderr


def test_processes_change_nothing(top):
    if not shutil.which("mpirun") or not os.path.exists(os.path.join(os.path.dirname(PISTE), "src", "piste-mpi.so")):
        return "SKIP no mpirun, or piste was built without MPI"
    path, once = small(top, visits=300), os.path.join(top, "once.json")
    assert plan(path, "--json", once, "--threads", "1").returncode == 0
    for ranks in (1, 2, 3):
        out, db = os.path.join(top, f"{ranks}.json"), os.path.join(top, f"{ranks}.db")
        ran = plan(path, "--json", out, "--db", db, program=[*MPIRUN, "-n", str(ranks)])
        assert ran.returncode == 0, ran.stderr
        assert exported(out) == exported(once), f"{ranks} processes: other bytes"
        lines = [line for line in ran.stderr.split("\n") if line.startswith("rank")]
        assert lines[0] == f"ranks {ranks}" and len(lines) == ranks + 1, ran.stderr
        days = [int(line.split()[2]) for line in lines[1:]]
        assert sum(days) == 48, days
    ran = plan(small(top, "cap: 3\n", "bad.yaml"), program=[*MPIRUN, "-n", "2"])
    assert ran.returncode != 0 and ran.stderr.count("cap: not a key of a plan") == 1, ran.stderr
    return None


def test_a_rank_may_die(top):
    if not shutil.which("mpirun") or not os.path.exists(os.path.join(os.path.dirname(PISTE), "src", "piste-mpi.so")):
        return "SKIP no mpirun, or piste was built without MPI"
    path, once, db, out = small(top, visits=700, days=500), *(os.path.join(top, n) for n in ("once.json", "plan.db", "again.json"))
    assert plan(path, "--json", once).returncode == 0
    ran = subprocess.Popen([*MPIRUN, "-n", "2", PISTE, "plan", path, "--db", db], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    killed = False
    for _ in range(6000):
        time.sleep(0.01)
        if os.path.exists(db + "-wal") and os.path.getsize(db + "-wal") > 60000:
            listed = subprocess.run(["ps", "--ppid", str(ran.pid), "-o", "pid="], capture_output=True, text=True, check=False).stdout.split()
            if listed:
                os.kill(int(listed[-1]), signal.SIGKILL)
                killed = True
                break
    ran.wait(timeout=60)
    assert killed and ran.returncode != 0, (killed, ran.returncode)
    kept = figures(db)
    assert plan(path, "--db", db, "--json", out).returncode == 0
    assert exported(out) == exported(once)
    return f"{kept} of 2000 figures were kept"


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
