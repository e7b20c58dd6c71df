#!/usr/bin/python3
"""test/cli/day.py - `piste day` as its users meet it: words, exit codes, streams, files, terminals.

    day.py PISTE        PISTE: the program; speaks TAP
"""
import csv
import fcntl
import glob
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402 - it stands one folder up

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
RESORT = os.path.join(os.path.abspath(ROOT), "resorts", "masikryong")
ESCAPE = "\033"
UTF8 = {"LC_ALL": "C.UTF-8", "TERM": "xterm"}
PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)


def environment(**changes):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG")) and k != "NO_COLOR"}
    return {**env, **UTF8, **changes}


def day(*words, folder=RESORT, env=None, **options):
    return subprocess.run([PISTE, "day", folder, *words], capture_output=True, env=env or environment(), check=False, **options)


def on_terminal(words, columns=100, env=None, streams=(1, 2), interrupt=False):
    """Runs with these streams on a terminal of that width: (exit code, all that the terminal got)."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    with open(os.devnull, "wb") as nothing:
        child = subprocess.Popen([PISTE, "day", RESORT, *words], stdin=slave, stdout=slave if 1 in streams else nothing,
                                 stderr=slave if 2 in streams else nothing, env=env or environment(), start_new_session=True)
    os.close(slave)
    got = b""
    while True:
        ready, _, _ = select.select([master], [], [], 60)
        try:
            more = os.read(master, 65536) if ready else b""
        except OSError:  # the other end is closed
            more = b""
        if not more:
            break
        got += more
        if interrupt:  # as soon as the bar is seen
            child.send_signal(signal.SIGINT)
            interrupt = False
    os.close(master)
    return child.wait(), got.decode()


def slow_reader(path):
    """Reads a new pipe at `path` so slowly at first that a day which writes its events there takes more than a second."""
    os.mkfifo(path)

    def read():
        with open(path, "rb") as pipe:  # buffered: a pipe may hold as little as a page
            begin = time.monotonic()
            while pipe.read(16384):
                if time.monotonic() - begin < 1.5:
                    time.sleep(0.01)

    threading.Thread(target=read, daemon=True).start()
    return ["--guests", "5000", "--events", path]


def clock(text):
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def equal(got, expected, what):
    expect(got == expected, f"{what}: got {got!r}, expected {expected!r}")


def tells(result, code, *words):
    """Failed with this code, said these words on stderr alone, on one line."""
    error = result.stderr.decode()
    equal(result.returncode, code, f"exit code ({error!r})")
    for word in words:
        expect(word in error, f"'{word}' in {error!r}")
    equal(error.count("\n"), 1, f"lines of {error!r}")
    equal(result.stdout, b"", "standard output")


def test_a_page_is_printed(_):
    result = day()
    page = result.stdout.decode()
    equal((result.returncode, result.stderr), (0, b""), "exit code and stderr")
    for word in ("Masikryong, Saturday 2019-02-02, seed 1\n", "Gondola", "Venues", "Segments", "Rests on"):
        expect(word in page, f"'{word}' in the page")
    expect(ESCAPE not in page, "no escape codes where there is no terminal")
    for columns in (80, 100):
        _, got = on_terminal([], columns, env=environment(NO_COLOR="1"))
        expect(got.count("\n") <= 40, f"{got.count(chr(10))} lines of {columns} columns are one screen")
    expect(max(map(len, page.splitlines())) <= 100, "100 columns")
    expect(len(day("--full").stdout) > len(result.stdout), "--full says more")


def test_help_goes_to_stdout(_):
    for word in ("--help", "-h"):
        result = subprocess.run([PISTE, "day", word], capture_output=True, check=False)
        equal((result.returncode, result.stderr), (0, b""), word)
        for option in ("--guests", "--date", "--seed", "--json", "--csv", "--events", "--full", "--bin", "--lean", "--threads"):
            expect(option in result.stdout.decode(), option)
    listing = subprocess.run([PISTE, "--help"], capture_output=True, check=False).stdout.decode()
    expect(re.search(r"^ +day +\w", listing, re.M), "piste --help names it")


def test_wrong_words_are_told(top):
    wrong = [(["--guests", "-5"], "--guests -5, expected a whole number from 0 to 1000000"),
             (["--guests", "1000001"], "--guests 1000001"), (["--guests", "many"], "--guests many"),
             (["--guests", "1e3"], "--guests 1e3"), (["--guests="], "--guests "),
             (["--date", "2019-02-30"], "--date 2019-02-30, expected a date such as 2019-02-02"),
             (["--seed", "9223372036854775808"], "--seed 9223372036854775808, expected"), (["--seed", "-1"], "--seed -1"),
             (["--seed", "99999999999999999999999"], "--seed 9"),
             (["--bin", "10"], "--bin 10, expected 1, 3, 5, 15, 30, 45 or 60"), (["--bin", "0"], "--bin 0"),
             (["--bin", "61"], "--bin 61"), (["--bin", "90"], "--bin 90"), (["--bin", "5 min"], "--bin 5 min"),
             (["--nonsense"], "unknown option --nonsense"), (["--full=yes"], "--full takes no value"),
             (["another"], "expected one resort folder, got 2"), (["--json"], "--json needs a value"),
             (["--guests", "--seed", "4"], "--guests needs a value"),
             (["--json", ""], "--json needs a name"), (["--csv", "-"], "--csv -, expected a folder"),
             (["--json", "-", "--events", "-"], "--json and --events both go to standard output"),
             (["--json", "x", "--events", "x"], "--json and --events both go to x")]
    for words, text in wrong:
        tells(day("--csv", os.path.join(top, "csv"), *words), 2, text, "piste day --help")
    tells(subprocess.run([PISTE, "day"], capture_output=True, check=False), 2, "expected a resort folder")
    equal(os.listdir(top), [], "nothing is written")


def test_a_folder_that_is_not_there(top):
    result = day("--json", os.path.join(top, "j"), folder=os.path.join(top, "none"))
    tells(result, 3, os.path.join(top, "none"))
    equal(os.listdir(top), [], "nothing is written")


def test_json_is_as_its_schema_says(top):
    path = os.path.join(top, "day.json")
    result = day("--json", path)
    equal((result.returncode, result.stderr), (0, b""), "exit code and stderr")
    expect(result.stdout.startswith(b"Masikryong"), "the page is printed as well")
    with open(path, "rb") as file:
        data = file.read()
    equal(day("--json", "-").stdout, data, "the same to standard output, and nothing else")
    found = json.loads(data)
    equal((found["format"], found["version"], found["seed"], found["bin_s"]), ("piste-day", 1, 1, 300), "head")
    equal(sum(lift["rides"] for lift in found["lifts"]), found["rides"], "rides")
    equal(sum(segment["arrived"] for segment in found["segments"]), found["guests"], "guests")
    for by, groups in found["groups"].items():
        equal(sum(group["people"] for group in groups), found["guests"], f"guests by {by}")
    for segment in found["segments"]:
        equal(sum(segment["spent_s"].values()), segment["here_s"], f"budget of {segment['key']}")
        equal(sum(segment["at_s"].values()), segment["spent_s"]["in_venues"], f"time at venues of {segment['key']}")
        equal(sum(segment["missed_by"].values()), segment["missed"], f"reasons of {segment['key']}")
    for lift in found["lifts"]:
        equal(sum(lift["boarded"]), lift["rides"], f"boarded and rides of {lift['key']}")
    try:
        import jsonschema
    except ImportError:
        return "python3-jsonschema is not there: the schema was not tried"
    with open(os.path.join(ROOT, "docs", "day.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(found)
    validator.validate(json.loads(day("--json", "-", "--guests", "0").stdout))
    full = json.loads(day("--json", "-", "--guests", "4500").stdout)
    validator.validate(full)
    expect(len(full["bindings"]) > 5 and sum(full["missed_by"].values()) > 100, "a full mountain has limits and misses")
    broken = {**found, "lifts": [{**found["lifts"][0], "seats_filled": 1.5}]}
    expect(not validator.is_valid(broken), "the schema can fail")
    return None


def test_options_reach_the_day(_):
    plain = json.loads(day("--json", "-").stdout)
    other = json.loads(day("--json", "-", "--seed", "9223372036854775807").stdout)
    equal(other["seed"], 2**63 - 1, "seed")
    expect(other["rides"] != plain["rides"] or other["wait_s"] != plain["wait_s"], "another seed is another day")
    equal(json.loads(day("--json", "-", "--guests", "50").stdout)["sold"], 50, "sold")
    equal(json.loads(day("--json", "-", "--guests", "0").stdout)["guests"], 0, "guests")
    wide = json.loads(day("--json=-", "--bin=60").stdout)
    equal((wide["bin_s"], wide["rides"]), (3600, plain["rides"]), "bins")
    dated = json.loads(day("--json", "-", "--date", "2020-01-11").stdout)
    equal(dated["date"], "2020-01-11", "date")


def test_lean_tells_what_the_day_leans_on(top):
    path = os.path.join(top, "lean.json")
    one = day("--lean", "2", "--threads", "1", "--json", path)
    equal((one.returncode, one.stderr), (0, b""), "exit code and stderr")
    page = one.stdout.decode()
    for word in ("2 days with seeds from 1 on", "Leans on", "choice pleasure", "lift interval", "±"):
        expect(word in page, f"'{word}' in the page")
    expect(len(page.splitlines()) <= 40 and max(map(len, page.splitlines())) <= 100, "one screen")
    with open(path, encoding="utf-8") as file:
        data = file.read()
    equal(day("--lean", "2", "--threads", "5", "--json", "-").stdout.decode(), data, "the same with five threads")
    found = json.loads(data)
    equal((found["format"], found["version"], found["days"], found["change"]), ("piste-lean", 1, 2, 0.1), "head")
    expect(all(set(row) == {"entry", "field", "basis", "rides_each_less", "rides_each_more", "wait_s_less", "wait_s_more"} for row in found["rows"]), "rows")
    plain = day("--lean", "2", env=environment(LC_ALL="C")).stdout
    equal([b for b in plain if b > 126], [], "ASCII where the locale is")
    for words, text in ((["--lean", "1"], "--lean 1, expected"), (["--threads", "2"], "goes with --lean"),
                        (["--lean", "2", "--threads", "0"], "--threads 0"), (["--lean", "2", "--csv", "x"], "without --csv")):
        tells(day(*words), 2, text, "piste day --help")


def test_a_saved_day_goes_on_to_the_same_end(top):
    state = os.path.join(top, "noon.state")
    noon = day("--until", "12:00", "--save", state, "--json", "-", "--seed", "7")
    equal(noon.returncode, 0, noon.stderr)
    expect(json.loads(noon.stdout)["still_here"] > 0, "people are there at noon")
    equal(day("--resume", state, "--json", "-").stdout, day("--json", "-", "--seed", "7").stdout, "the day that was taken up again")
    for words, code, text in ((["--resume", os.path.join(top, "none")], 3, "none"),
                              (["--resume", os.path.join(RESORT, "resort.yaml")], 4, "not a day's state"),
                              (["--resume", state, "--seed", "3"], 2, "--resume goes without"),
                              (["--save", state], 2, "--save needs --until"),
                              (["--until", "12"], 2, "expected a time of day")):
        done = day(*words)
        equal(done.returncode, code, f"exit code of {words}: {done.stderr}")
        expect(text in done.stderr.decode(), f"{words}: {done.stderr}")


def test_the_same_bytes_in_every_locale(_):
    first = day("--json", "-").stdout
    for locale in ("C", "POSIX", "de_DE.UTF-8", "ko_KR.EUC-KR", "nonsense"):
        equal(day("--json", "-", env=environment(LC_ALL=locale)).stdout, first, locale)


def test_ascii_where_the_locale_is(_):
    page = day("--full", env=environment(LC_ALL="C")).stdout
    equal([b for b in page if b > 126 or (b < 32 and b != 10)], [], "bytes that are no ASCII")
    expect("█" in day().stdout.decode(), "blocks where the locale is UTF-8")


def test_events_are_lines_of_json(top):
    path = os.path.join(top, "events")
    result = day("--events", path)
    equal(result.returncode, 0, "exit code")
    expect(result.stdout.startswith(b"Masikryong"), "the page is printed as well")
    with open(path, "rb") as file:
        data = file.read()
    equal(os.listdir(top), ["events"], "nothing else is left")
    equal(day("--events", "-").stdout, data, "the same to standard output, and nothing else")
    events = [json.loads(line) for line in data.decode().splitlines()]
    seconds = [event["second"] for event in events]
    equal(seconds, sorted(seconds), "in order of time")
    found = json.loads(day("--json", "-").stdout)
    boarded = sum(event["size"] for event in events if event["act"] == "board")
    arrived = sum(event["size"] for event in events if event["act"] == "arrive")
    equal((boarded, arrived), (found["rides"], found["guests"]), "rides and guests")
    for reason, count in found["missed_by"].items():
        equal(sum(e["size"] for e in events if e["act"] == "miss" and e["why"] == reason), count, f"missed: {reason}")


def test_csv_fills_a_new_folder(top):
    folder = os.path.join(top, "csv")
    equal(day("--csv", folder).returncode, 0, "exit code")
    found = json.loads(day("--json", "-").stdout)

    def rows(name):
        with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    for name in ("lifts", "runs", "venues", "segments"):
        equal([(row["key"], row["name"]) for row in rows(name + ".csv")], [(x["key"], x["name"]) for x in found[name]], name)
    equal([int(row["rides"]) for row in rows("lifts.csv")], [lift["rides"] for lift in found["lifts"]], "rides")
    equal(sum(int(row["boarded"]) for row in rows("lifts_over_time.csv")), found["rides"], "boarded over time")
    equal([int(row["present"]) for row in rows("present_over_time.csv")], found["present"], "present over time")
    told = [{**a, "share": "" if a["share"] is None else f"{a['share']:.6f}".rstrip("0").rstrip(".")} for a in found["assumptions"]]
    equal(rows("assumptions.csv"), told, "assumptions")
    parties = rows("parties.csv")
    equal(sum(int(row["size"]) for row in parties), found["guests"], "guests in parties")
    equal(sum(int(row["rides"]) for row in parties), found["rides"], "rides of parties")
    for row in parties:
        spent = sum(int(value) for name, value in row.items() if name.endswith("_s") and name not in ("longest_wait_s", "here_s"))
        equal(spent, int(row["here_s"]), f"budget of party {row['party']}")
        expect(spent <= (clock(row["gone"]) - clock(row["arrived"])) * int(row["size"]), f"time of party {row['party']}")
    for segment in found["segments"]:
        own = [row for row in parties if row["segment"] == segment["key"]]
        equal(sum(int(row["waiting_s"]) for row in own), segment["spent_s"]["waiting"], f"waiting of {segment['key']}")
        equal(sum(int(row["missed"]) for row in own), segment["missed"], f"missed by {segment['key']}")
    equal(sum(int(row["wished"]) for row in rows("visits.csv")), sum(s["wished"] for s in found["segments"]), "visits wished")
    equal(len(rows("bindings.csv")), len(found["bindings"]), "bindings")
    for by, groups in found["groups"].items():
        equal([row["key"] for row in rows("groups.csv") if row["by"] == by], [group["key"] for group in groups], by)
    before = {name: os.stat(os.path.join(folder, name)).st_mtime_ns for name in os.listdir(folder)}
    tells(day("--csv", folder, "--json", os.path.join(top, "j")), 5, folder, "not empty")
    equal({name: os.stat(os.path.join(folder, name)).st_mtime_ns for name in os.listdir(folder)}, before, "untouched")
    expect(not os.path.exists(os.path.join(top, "j")), "nothing else is written either")
    tells(day("--csv", os.path.join(top, "no", "such")), 3, "No such file")


def test_full_disks_are_told(top):
    if not os.path.exists("/dev/full"):
        return "no /dev/full here: not tried"
    for words in (["--json", "/dev/full"], ["--events", "/dev/full"]):
        tells(day(*words), 6, "/dev/full: No space left on device")
    for words in ([], ["--json", "-"], ["--events", "-"]):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([PISTE, "day", RESORT, *words], stdout=full, stderr=subprocess.PIPE, env=environment(), check=False)
        equal((result.returncode, result.stderr), (6, b"standard output: No space left on device\n"), f"{words} to a full disk")
    equal(os.listdir(top), [], "nothing is left")
    return None


def test_places_that_take_no_file(top):
    tells(day("--json", os.path.join(top, "no", "day.json")), 6, "No such file")
    tells(day("--events", os.path.join(top, "no", "events")), 3, "No such file")
    tells(day("--json", top), 6, top)
    tells(day("--events", top), 6, top)
    equal(os.listdir(top), [], "nothing is left")
    os.chmod(top, 0o555)
    other = {"user": "nobody", "cwd": "/"} if os.geteuid() == 0 else {}  # root may write anywhere
    try:
        allowed = day(**other).returncode == 0
    except PermissionError:  # nobody may not even run the program where it stands
        allowed = False
    if not allowed:
        os.chmod(top, 0o755)
        return "nobody but root may read the resort: read-only folders were not tried"
    for words in (["--json", os.path.join(top, "j")], ["--events", os.path.join(top, "e")], ["--csv", os.path.join(top, "c")]):
        tells(day(*words, **other), 6, "Permission denied")
    os.chmod(top, 0o755)
    equal(os.listdir(top), [], "nothing is left")
    return None


def test_readers_may_leave(_):
    for words in (["--json", "-"], ["--events", "-"], ["--full"]):
        child = subprocess.Popen([PISTE, "day", RESORT, "--bin", "1", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        if words != ["--full"]:
            child.stdout.read(1)
        child.stdout.close()
        error = child.stderr.read()
        child.stderr.close()
        expect(child.wait() != 0, f"{words}: a code that is not 0")
        equal(error, b"", f"{words}: quietly")


def test_ctrl_c_leaves_nothing(top):
    words = ["--guests", "1000000", "--events", os.path.join(top, "events"), "--json", os.path.join(top, "json"), "--csv", os.path.join(top, "csv")]
    child = subprocess.Popen([PISTE, "day", RESORT, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    until = time.monotonic() + 30
    while not glob.glob(os.path.join(top, "*.part")) and time.monotonic() < until:
        time.sleep(0.005)
    child.send_signal(signal.SIGINT)
    out, error = child.communicate(timeout=60)
    equal((child.returncode, out, error), (130, b"", b"piste: interrupted\n"), "code, stdout and stderr")
    equal(os.listdir(top), [], "nothing is left")


def test_terminals_have_colours_and_their_width(_):
    for columns in (60, 80, 120):
        code, got = on_terminal([], columns)
        equal(code, 0, "exit code")
        expect("\033[1mMasikryong\033[0m" in got, "colours")
        page = re.sub(r"\033\[[0-9;]*[mK]", "", got).replace("\r\n", "\n")
        widest = max(len(line) for line in page.splitlines())
        expect(columns - 10 <= widest <= columns, f"{widest} of {columns} columns are used")
    for env in (environment(NO_COLOR="1"), environment(TERM="dumb")):
        _, got = on_terminal([], env=env)
        expect(ESCAPE not in got, "no escape codes where they are not wanted")
    _, got = on_terminal([], env=environment(NO_COLOR=""))
    expect(ESCAPE in got, "an empty NO_COLOR says nothing")


def test_a_long_day_has_a_bar(top):
    pipes = (os.path.join(top, f"pipe-{i}") for i in range(9))
    _, got = on_terminal(slow_reader(next(pipes)), streams=(2,))
    draws = got.split("\r")
    expect(len(draws) >= 4, f"drawn more than once, and erased: {got!r}")
    times = []
    for drawn in draws[1:-1]:
        match = re.match(r"(\d\d:\d\d) ([█░]{24}) +(\d+) %  \d+ guests here\033\[K$", drawn)
        expect(match, f"a bar: {drawn!r}")
        expect(abs(match.group(2).count("█") - int(match.group(3)) * 24 / 100) < 1, f"as long as it says: {drawn!r}")
        times.append(match.group(1))
    equal(times, sorted(times), "time goes on")
    equal(draws[-1], "\033[K", "erased at the end")
    _, got = on_terminal(slow_reader(next(pipes)), streams=(2,), env=environment(LC_ALL="C"))
    expect("guests here" in got and all(ord(c) < 128 for c in got), "a bar of ASCII")
    _, got = on_terminal(slow_reader(next(pipes)), streams=(2,), env=environment(TERM="dumb"))
    equal(got, "", "no bar on a terminal that cannot go back")
    _, got = on_terminal(slow_reader(next(pipes)), streams=(1,))
    expect("guests here" not in got, "no bar where stderr is no terminal")
    code, got = on_terminal(slow_reader(next(pipes)), streams=(2,), interrupt=True)
    equal((code, got.split("\r")[-2:]), (130, ["\033[Kpiste: interrupted", "\n"]), "erased before the message")


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
