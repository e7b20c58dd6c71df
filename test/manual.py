#!/usr/bin/env python3
"""test/manual.py - the man page and the shell's completion tell every command and option that piste has.

    manual.py BUILD    asks BUILD/piste --help and reads docs/piste.1 and docs/completion/piste.bash

Speaks TAP. The page must please mandoc and groff without a warning; where one of them is not installed, that is skipped.
"""
import os
import re
import shutil
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PAGE = os.path.join(TOP, "docs", "piste.1")
COMPLETION = os.path.join(TOP, "docs", "completion", "piste.bash")


def said(*command, **more):
    result = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **more)
    return result.returncode, result.stdout, result.stderr


def read(path):
    with open(path, encoding="utf-8") as source:
        return source.read()


def commands(piste):
    """The commands that `piste --help` lists: two spaces, a word, at least two spaces, what it does."""
    code, out, _ = said(piste, "--help")
    found = re.findall(r"^  ([a-z][a-z-]*)  +\S", out, re.M)
    return found if code == 0 else []


def options(piste, command):
    """The long options that `piste COMMAND --help` speaks of, --help itself included."""
    code, out, _ = said(piste, command, "--help")
    return sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", out)) | {"--help"}) if code == 0 else None


def plain(page):
    """The page's text with roff's escapes undone: \\- is a hyphen, fonts are nothing."""
    return re.sub(r"\\f.", "", page.replace("\\-", "-"))


def completed(words):
    """What bash would offer for these words, the last of which is being typed."""
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _piste; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    code, out, err = said("bash", "-c", script, "bash", COMPLETION, *words, cwd=TOP)
    return out.split() if code == 0 and not err else [f"({err.strip()})"]


def check_tool(tool, *arguments):
    if not shutil.which(tool):
        return None
    code, out, err = said(tool, *arguments, PAGE)
    return [line for line in (out + err).split("\n") if line] + ([f"exit code {code}"] if code else [])


def checks(piste):
    page, found = plain(read(PAGE)), commands(piste)
    yield "piste --help lists commands", [] if found else ["it lists none"]
    for command in found:
        known = options(piste, command)
        name = f"piste {command}"
        if known is None:
            yield f"{name} --help is an answer", ["it fails"]
            continue
        part = re.search(rf"^\.SS [^\n]*\b{command}\b[^\n]*\n(.*?)(?=^\.S[SH]|\Z)", page, re.M | re.S)
        missing = [o for o in known if o != "--help" and (not part or not re.search(rf"(?<![\w-]){o}(?![\w-])", part.group(1)))]
        yield f"{name}: the page tells all its options", [f"not in its part of docs/piste.1: {m}" for m in missing] or (
            [] if part else [f"no part for {command} in docs/piste.1"])
        told = set(re.findall(r"^\.B[RI]? (--[a-z][a-z-]*)", part.group(1), re.M)) if part else set()
        yield f"{name}: the page tells no option that it does not have", sorted(told - set(known))
        offered = completed(["piste", command, "--"])
        yield f"{name}: the shell offers just its options", [f"{o}: only one of them has it"
                                                            for o in sorted(set(known) ^ set(offered))]
    offered = completed(["piste", ""])
    yield "the shell offers just the commands", [f"{c}: only one of them has it" for c in sorted(set(found) ^ set(
        o for o in offered if not o.startswith("-")))]
    yield "mandoc has no complaint", check_tool("mandoc", "-T", "lint", "-W", "warning")
    yield "groff has no complaint", check_tool("groff", "-man", "-ww", "-z", "-K", "utf-8") if shutil.which("preconv") \
        else check_tool("groff", "-man", "-ww", "-z")


def main(words):
    if len(words) != 1 or words[0] in ("--help", "-h"):
        print(__doc__.rstrip())
        return 0 if words and words[0] in ("--help", "-h") else 2
    results = list(checks(os.path.abspath(os.path.join(words[0], "piste"))))
    print(f"1..{len(results)}")
    for number, (name, found) in enumerate(results, 1):
        for text in found or []:
            print(f"# {text}")
        print(f"{'not ok' if found else 'ok'} {number} - {name}" if found is not None else f"ok {number} # SKIP {name}")
    return any(found for _, found in results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
