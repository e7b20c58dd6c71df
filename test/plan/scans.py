#!/usr/bin/env python3
"""test/plan/scans.py - lift scans as gates would have written them, of days that `piste day --events` rehearsed.

    scans.py [OPTIONS] DATE=EVENTS ...    writes scans.csv to standard output

    --after LIFT,...    gates behind the queue, at these lifts; "all": everywhere
    --only LIFT,...     gates at these lifts alone
    --clicks LIFT,...   these count people and know no passes
    --lose SHARE        of scans are lost, each by its own luck
    --twice SHARE       of scans are written a second time, seconds later
    --jitter S          scans come up to so many seconds late
    --clock LIFT=OFFSET[:DRIFT]   that gate's clock is so many seconds ahead at noon, and drifts so many an hour
    --top LIFT=PLACE    nobody passes a gate at this place: its upper end
    --segments          with a column that tells the segment
    --seed N            of the luck

Made for tests and for trying `piste calibrate` out: whoever runs a resort has scans of their own.
"""
import argparse
import json
import random
import sys


class Day:
    """Follows parties through one day's events; people are (party that came, number in it)."""

    def __init__(self, tops):
        self.people, self.boarded, self.tops = {}, {}, tops

    def hear(self, event):
        """The people who pass a gate with this event: [(person, where)]."""
        act, party, size = event["act"], event.get("party"), event.get("size", 0)
        if act == "arrive":
            self.people[party] = [(party, i) for i in range(size)]
        elif act == "part":
            self.people[party + 1] = self.people[party][-size:]
            self.people[party] = self.people[party][:-size]
        elif act == "meet":
            self.people[party] += self.people.pop(party + 1, [])
        elif act in ("join", "board") and event.get("place") != self.tops.get(event["lift"]):
            if act == "join":
                self.boarded[party] = 0
                return [(p, "before") for p in self.people[party]]
            first = self.boarded.get(party, 0)
            self.boarded[party] = first + size
            return [(p, "after") for p in self.people[party][first:first + size]]
        return []


def pairs(texts):
    return dict(text.split("=", 1) for text in texts)


def rows(date, path, options, luck):
    tops, clocks = pairs(options.top), pairs(options.clock)
    after = set(options.after.split(","))
    day, found = Day(tops), []
    with open(path, encoding="utf-8") as source:
        for line in source:
            event = json.loads(line)
            lift = event.get("lift")
            for person, where in day.hear(event):
                gate = "after" if "all" in after or lift in after else "before"
                if where != gate or (options.only and lift not in options.only.split(",")) or luck.random() < options.lose:
                    continue
                offset, _, drift = clocks.get(lift, "0").partition(":")
                second = event["second"] + luck.uniform(0, options.jitter)
                second += float(offset) + float(drift or 0) * (second / 3600 - 12)
                name = "" if lift in options.clicks.split(",") else f"{date}-{person[0]}-{person[1]}"
                found.append([name, lift, int(second), date, gate, event.get("segment", "")])
                if luck.random() < options.twice:
                    found.append([name, lift, int(second) + luck.randint(1, 20), date, gate, event.get("segment", "")])
    return sorted(found, key=lambda row: row[2])


def main():
    reader = argparse.ArgumentParser(usage=__doc__)
    for name in ("after", "only", "clicks"):
        reader.add_argument("--" + name, default="")
    for name in ("lose", "twice", "jitter"):
        reader.add_argument("--" + name, type=float, default=0)
    for name in ("clock", "top"):
        reader.add_argument("--" + name, action="append", default=[])
    reader.add_argument("--segments", action="store_true")
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("events", nargs="+")
    options = reader.parse_args()
    luck = random.Random(options.seed)
    print("pass,lift,time,date,gate" + (",segment" if options.segments else ""))
    for date, path in pairs(options.events).items():
        for row in rows(date, path, options, luck):
            row[2] = f"{row[2] // 3600:02d}:{row[2] // 60 % 60:02d}:{row[2] % 60:02d}"
            print(",".join(row if options.segments else row[:5]))


if __name__ == "__main__":
    sys.exit(main())
