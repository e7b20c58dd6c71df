"""test/tap.py - runs the test_* functions of a Python test and speaks TAP.

    sys.exit(tap.run(globals()))

Each function gets a new folder of its own, which is removed afterwards, and may return a note; one that begins with SKIP
says why nothing was tried.
"""
import shutil
import subprocess
import tempfile

WRONG = (AssertionError, OSError, ValueError, LookupError, subprocess.SubprocessError)


def run(names):
    """Runs every test_* function among `names`, in the order in which they stand there; whether any failed."""
    tests = [(name[5:].replace("_", " "), test) for name, test in names.items() if name.startswith("test_")]
    print(f"1..{len(tests)}", flush=True)
    failed = False
    for number, (name, test) in enumerate(tests, 1):
        top = tempfile.mkdtemp(prefix="piste-test-")
        try:
            note = test(top)
            skip = f" # {note}" if note and note.startswith("SKIP") else ""
            if note and not skip:
                print(f"# {note}")
            print(f"ok {number} - {name}{skip}", flush=True)
        except WRONG as error:
            failed = True
            print(f"# {type(error).__name__}: {error}".replace("\n", "\n# "))
            print(f"not ok {number} - {name}", flush=True)
        finally:
            shutil.rmtree(top, ignore_errors=True)
    return failed
