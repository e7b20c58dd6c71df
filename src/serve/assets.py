#!/usr/bin/env python3
"""src/serve/assets.py - writes the files of web/dist/app as a C file, compressed, so that the program carries them.

    assets.py web/dist/app OUT.c    every file below the folder
    assets.py OUT.c                 of a build without pages

Same files, same bytes.
"""
import gzip
import hashlib
import os
import re
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json",
         ".txt": "text/plain; charset=utf-8", ".woff2": "font/woff2", ".wasm": "application/wasm"}
NAMED_BY_CONTENTS = re.compile(r"-[A-Z0-9]{8}\.(js|css)$")  # as esbuild names them


def main(words):
    if not words or words[0] in ("--help", "-h"):
        print(__doc__.rstrip())
        return 0
    files = []
    if len(words) == 2:
        for folder, _, names in os.walk(words[0]):
            files += [os.path.join(folder, name) for name in names]
    files.sort()
    text = "// Written by src/serve/assets.py.\n#include \"serve/assets.h\"\n\n"
    rows = []
    for i, path in enumerate(files):
        kind = TYPES.get(os.path.splitext(path)[1])
        if not kind:
            print(f"{path}: a kind of file that src/serve/assets.py does not know", file=sys.stderr)
            return 1
        with open(path, "rb") as source:
            plain = source.read()
        data = gzip.compress(plain, 9, mtime=0)
        tag = hashlib.sha256(plain).hexdigest()[:16]
        text += f"static const unsigned char file_{i}[] = {{\n"
        for at in range(0, len(data), 32):
            text += "    " + ",".join(str(c) for c in data[at:at + 32]) + ",\n"
        text += "};\n"
        name = "/" + os.path.relpath(path, words[0]).replace(os.sep, "/")
        rows.append(f'    {{"{name}", "{kind}", "\\"{tag}\\"", file_{i}, sizeof file_{i}, {len(plain)}, '
                    f'{int(bool(NAMED_BY_CONTENTS.search(name)))}}},\n')
    text += "\nconst serve_asset serve_assets[] = {\n" + ("".join(rows) or "    {0}\n") + "};\n"
    text += f"const int serve_asset_count = {len(rows)};\n"
    temporary = words[-1] + ".new"
    with open(temporary, "w", encoding="ascii", newline="\n") as out:
        out.write(text)
    os.replace(temporary, words[-1])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
