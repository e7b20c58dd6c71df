// slopes.ts - runs as the trail sign names them: a slope is one line, and its sections stand below it for who asks.
import type { Resort } from "../../types";
import { named } from "../names";
import { t } from "../words";
import type { Place } from "./state";
import { nameOf } from "./words";

// `parts`: its sections from the top; none where it is a run by itself. What is said of a slope is the most of them, for a skier skis all.
export type Line = { place: Place; name: string; parts: Line[] };

const STATES = ["hold", "scheduled", "closed"];
const same = <T,>(values: T[]): boolean => values.every((v) => v === values[0]);
const known = (values: (number | undefined)[]): number[] => values.filter((v) => v !== undefined);
const most = (values: (number | undefined)[]): number | undefined => (known(values).length ? Math.max(...known(values)) : undefined);

function stateOf(parts: Place[]): string {
  const states = parts.map((p) => p.state);
  return same(states) ? states[0]! : states.includes("open") ? "part" : STATES.find((s) => states.includes(s))!;
}

function whole({ key, name, difficulty }: Resort["slopes"][number], parts: Place[]): Place {
  const newest = parts.reduce((a, b) => (b.said_ms > a.said_ms ? b : a)), people = known(parts.map((p) => p.people));
  const measured = parts.map((p) => p.measured_ms).filter(Boolean);
  return { ...newest, key, name, kind: difficulty, state: stateOf(parts),
    note: same(parts.map((p) => p.note)) ? parts[0]!.note : "",
    hours: same(parts.map((p) => p.hours)) ? parts[0]!.hours : [...new Set(parts.map((p) => p.hours || t("mountain.allDay")))].join("\n"),
    people: people.length ? people.reduce((a, b) => a + b) : undefined, crowd_percent: most(parts.map((p) => p.crowd_percent)),
    measured_ms: measured.length ? Math.min(...measured) : 0 };
}

export const linesOf = (places: Place[], what: "lifts" | "venues" | "runs"): Line[] => places.map((place) => ({ place, name: nameOf(place, what), parts: [] }));

export function slopeLines(runs: Place[], resort: Resort | null): Line[] {
  const byKey = new Map(runs.map((r) => [r.key, r])), inSlopes = new Set<string>(), lines: (Line & { at: number })[] = [];
  for (const slope of resort?.slopes ?? []) {
    const parts = slope.sections.flatMap((key) => (key && byKey.get(key)) || []);
    if (!parts.length) continue;
    for (const p of parts) inSlopes.add(p.key);
    const name = named("slopes", slope.key, slope.name || slope.key), at = runs.indexOf(parts[0]!);
    lines.push(parts.length === 1 ? { place: parts[0]!, name, at, parts: [] } : { place: whole(slope, parts), name, at,
      parts: parts.map((place, i) => ({ place, name: t("mountain.part", { name, n: i + 1, of: parts.length }), parts: [] })) });
  }
  const alone = linesOf(runs, "runs").map((line, at) => ({ ...line, at })).filter((line) => !inSlopes.has(line.place.key));
  return [...lines, ...alone].sort((a, b) => a.at - b.at);
}
