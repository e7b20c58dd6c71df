#!/usr/bin/python3
"""bench/flow/copies.py - a resort folder of so many copies of another one side by side, so that network and guests grow together.

    copies.py FOLDER COUNT OUT      writes OUT/resort.yaml
"""
import os
import re
import sys

folder, count, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
head, sections, section = [], {}, None
with open(os.path.join(folder, "resort.yaml"), encoding="utf-8") as file:
    for line in file:
        if match := re.match(r"(places|lifts|runs|walks|segments):\s*$", line):
            section = sections.setdefault(match[1], [])
        elif section is None or re.match(r"\S", line):
            section = None
            head.append(line)
        else:
            section.append(line)
os.makedirs(out, exist_ok=True)
with open(os.path.join(out, "resort.yaml"), "w", encoding="utf-8") as file:
    file.writelines(head)
    for name, lines in sections.items():
        file.write(f"{name}:\n")
        for copy in range(count):
            file.writelines(re.sub(r"\b(key|from|to|arrive-at|leave-at): ([a-z][a-z0-9-]*)", rf"\1: \2-{copy}", line)
                            for line in lines)
