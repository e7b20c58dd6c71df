#!/usr/bin/env python3
"""test/desk/privacy.py - the guide for people's rights, command by command, and what it leaves on the disk.

    privacy.py PISTE    the database is a file, or the server that PISTE_TEST_DATABASE names
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "piste"
SERVER = os.environ.get("PISTE_TEST_DATABASE")
EMPTY = f"psql -q '{SERVER}' -c 'SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public'"
ENV = {**os.environ, "PATH": os.path.dirname(PISTE) + ":" + os.environ["PATH"]}
if SERVER:
    ENV |= {"PISTE_DESK": SERVER, "PISTE_DESK_VAULT": "desk.db.keys"}
ROOT = os.path.abspath(os.path.join(os.path.dirname(tap.__file__), ".."))


def environment(top, words):
    """A server's desk has no vault beside it: it is named, once it is there."""
    named = SERVER and (words[0] == "vault" or os.path.isdir(os.path.join(top, "desk.db.keys")))
    return ENV if named or not SERVER else {k: v for k, v in ENV.items() if k != "PISTE_DESK_VAULT"}


def empty():
    if SERVER:
        subprocess.run(["bash", "-c", EMPTY], check=True)


def run_guide(top):
    empty()
    with open(os.path.join(ROOT, "docs", "guide", "desk-privacy.md"), encoding="utf-8") as page:
        blocks = re.findall(r"```sh\n(.*?)```", page.read(), re.S)
    text = "\n".join(blocks)
    if SERVER:  # the desk that is lost is the server's
        assert "mv desk.db desk.broken" in text
        text = text.replace("mv desk.db desk.broken", EMPTY).replace("piste desk open", "env -u PISTE_DESK_VAULT piste desk open")
    told = subprocess.run(["bash", "-c", "set -euo pipefail\n" + text], cwd=top, capture_output=True, text=True, check=False, env=ENV)
    assert told.returncode == 0, told.stdout[-800:] + told.stderr
    return told


def test_the_guide_as_it_stands(top):
    told = run_guide(top)
    assert "still erased" in told.stdout and "all agree" in told.stdout, told.stdout
    assert re.search(r"valid +yes", told.stdout), told.stdout
    assert told.stderr.count("erased") >= 1 and "invalid" not in told.stderr, told.stderr


def test_nothing_of_it_is_plain_on_the_disk(top):
    run_guide(top)
    files = [os.path.join(d, f) for d, _, names in os.walk(top) for f in names if f not in ("passphrase",)]
    assert len(files) >= (5 if SERVER else 8), files
    if SERVER:
        dump = subprocess.run(["pg_dump", SERVER], capture_output=True, check=True).stdout
        assert len(dump) > 10000
        files.append(os.path.join(top, "dump"))
        with open(files[-1], "wb") as f:
            f.write(dump)
    for path in files:
        with open(path, "rb") as f:
            data = f.read()
        for plain in (b"Guest One", b"Child One", b"one@example.org", b"1980-05-06", b"four words"):
            assert plain not in data, (path, plain)
    for path in (os.path.join(top, "desk.db.keys", name) for name in os.listdir(os.path.join(top, "desk.db.keys"))):
        assert os.stat(path).st_mode & 0o077 == 0, path


def test_what_is_held_is_read_by_people(top):
    def run(*words):
        done = subprocess.run([PISTE, *words], cwd=top, capture_output=True, text=True, check=True, env=environment(top, words))
        return done.stdout

    empty()
    run("desk", "open", "date=2019-02-02")
    run("vault", "create")
    run("desk", "purpose", "purpose=ticket", "name=Holders", "fields=name birth", "basis=contract", "keep_days=365")
    run("desk", "person", "purpose=ticket", "data.name=Guest One", "data.birth=1980-05-06")
    shown = run("desk", "person-show", "person=1", "purpose=ticket")
    assert re.search(r"^data\n +birth +1980-05-06\n +name +Guest One$", shown, re.M), shown
    export = run("desk", "person-export", "person=1")
    for wanted in (r"^document$", r"^ +format +piste-person$", r"Guest One", r"^document: accesses", r"person-show", r"card numbers"):
        assert re.search(wanted, export, re.M), (wanted, export)


def test_what_is_off_is_told(top):
    def run(*words, stdin=None):
        return subprocess.run([PISTE, *words], cwd=top, capture_output=True, text=True, check=False, input=stdin, env=environment(top, words))

    empty()
    assert run("desk", "open", "date=2019-02-02").returncode == 0
    assert run("desk", "person-show", "person=1", "purpose=x").returncode == 8  # nobody
    told = run("desk", "person", "purpose=x", "data.name=A")
    assert told.returncode == 8 and "no_vault" in told.stderr, told
    assert run("vault", "rotate").returncode == 3
    assert run("vault", "create").returncode == 0
    assert run("vault", "create").returncode == 5
    assert run("vault", "wash").returncode == 2
    assert run("vault", "backup").returncode == 2
    assert run("vault", "master-save", "copy").returncode == 2
    assert run("vault", "restore", "desk.db").returncode == 4
    for request, why in (('{"act":"person","key":"a","purpose":"x","data":{"name":"A"}}', "no purpose"),
                         ('{"act":"person","key":"a","purpose":"x","data":{"shoe":"A"}}', "not known"),
                         ('{"act":"purpose","key":"b","purpose":"x","name":"X","fields":"shoe","basis":"law","keep_days":1}', "shoe"),
                         ('{"act":"purpose","key":"b","purpose":"x","name":"X","fields":"name","basis":"whim","keep_days":1}', "whim"),
                         ('{"act":"person-find","contact":"a"}', "whole"),
                         ('{"act":"person-find"}', "order"),
                         ('{"act":"wait","key":"w","resource":"visit","slot":"s","count":1,"contact":"0171-5551234"}', "sealed"),
                         ('{"act":"person-forget","key":"f","keys":[{"key_id":"zz"}]}', "hexadecimal"),
                         ('{"act":"provider","key":"p","provider":"x","url":"http://example.org"}', "https"),
                         ('{"act":"charge","key":"c","order":1,"provider":"x"}', "no provider")):
        told = run("desk", "do", "-", "--json", stdin=request + "\n")
        assert told.returncode in (4, 8) and why in told.stdout, (request, told.stdout, told.stderr)
    os.chmod(os.path.join(top, "desk.db.keys"), 0o755)
    told = run("desk", "retention")
    assert told.returncode == 4 and "others may read it" in told.stderr, told


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
