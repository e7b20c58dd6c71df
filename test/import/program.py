"""test/import/program.py - the program as the tests of imports use it: PISTE is the first word of the command line."""
import json
import os
import shutil
import subprocess
import sys

ROOT = os.environ.get("PISTE_ROOT") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PISTE = os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(sys.modules["__main__"].__doc__)
FULL = os.environ.get("PISTE_TEST_FULL") == "1"
# libreadosm forgets its parser when XML is damaged; what piste itself forgets is told all the same.
SUPPRESSIONS = os.path.join(os.path.abspath(ROOT), "test", "import", "libreadosm.supp")
os.environ["LSAN_OPTIONS"] = f"print_suppressions=0:suppressions={SUPPRESSIONS}"


def piste(*words, code=0, **more):
    done = subprocess.run([PISTE, *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                          **more)
    if done.returncode != code:
        raise AssertionError(f"piste {' '.join(words)}: exit code {done.returncode}\n"
                             f"{done.stdout[-2000:]}{done.stderr}")
    return done


def expect(true, what):
    if not true:
        raise AssertionError(what)


def save(top, name, text):
    path = os.path.join(top, name)
    with open(path, "wb" if isinstance(text, bytes) else "w", **({} if isinstance(text, bytes) else
                                                                 {"encoding": "utf-8"})) as file:
        file.write(text)
    return path


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def load(top, path, *words, name="hill"):
    folder = os.path.join(top, name)
    shutil.rmtree(folder, ignore_errors=True)
    report = json.loads(piste("import", path, "-o", folder, "--json", "-", *words).stdout)
    return folder, report


def features(folder, name):
    return json.loads(read(folder, name))["features"]
