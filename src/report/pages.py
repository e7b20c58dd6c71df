#!/usr/bin/env python3
"""src/report/pages.py - writes the browser pages as a C file, so that the program carries them.

    pages.py report.html OUT.c    with the bytes of report.html
    pages.py OUT.c                of a build without pages

Same page, same bytes. Fails where the page lacks a mark that src/report/html.c fills, or has it twice.
"""
import os
import sys

MARKS = (b"<!--piste:title-->", b"<!--piste:data-->")


def main(words):
    if not words or words[0] in ("--help", "-h"):
        print(__doc__.rstrip())
        return 0
    page = b""
    if len(words) == 2:
        with open(words[0], "rb") as source:
            page = source.read()
        for mark in MARKS:
            if page.count(mark) != 1:
                print(f"{words[0]}: {mark.decode()} stands there {page.count(mark)} times, expected once", file=sys.stderr)
                return 1
    # As strings: compilers read them many times faster than lists of numbers. Octal always has three digits, so that
    # no digit that follows is taken for a part of it; "??" cannot become a trigraph, since '?' is written so, too.
    plain = {c: chr(c) for c in range(32, 127) if chr(c) not in '"\\?'}
    lines = []
    for at in range(0, len(page), 120):
        lines.append('    "' + "".join(plain.get(c, f"\\{c:03o}") for c in page[at:at + 120]) + '"\n')
    text = "// Written by src/report/pages.py.\n#include \"report/pages.h\"\n\n"
    text += f"const size_t report_page_bytes = {len(page)};\n"
    text += "#if defined(__clang__)\n#pragma clang diagnostic ignored \"-Woverlength-strings\"\n#else\n"
    text += "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n#endif\n"
    text += "const unsigned char report_page[] =\n" + ("".join(lines) or '    ""\n') + "    ;\n"
    temporary = words[-1] + ".new"
    with open(temporary, "w", encoding="ascii", newline="\n") as out:
        out.write(text)
    os.replace(temporary, words[-1])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
