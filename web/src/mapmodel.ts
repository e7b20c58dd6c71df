// mapmodel.ts - how the map looks at one time: one style for each lift and run, whichever way it is drawn.
import type { Day, Line, Lift, Run } from "./types";
import type { View } from "./data";
import { crowding, density, runName, waitAt } from "./data";
import { count, decimal, percent, span, words } from "./format";
import { say } from "./say";
import type { Shows } from "./state";
import { CROWDS, NOTHING, WAITS, runLook, stepOf } from "./scales";

export interface Drawn {
  key: string;
  kind: "lift" | "run";
  name: string; // "" where nothing is to be written beside it
  line: Line;
  surface: boolean; // a lift without a rope overhead is dashed
}

export interface Look {
  colour: string;
  width: number;
  dash: number[]; // in widths
  twin: boolean; // a light line in the middle
  text: string; // for a tooltip
}

const AERIAL = new Set(["cable-car", "gondola", "chair-lift", "mixed-lift"]);

export function drawnOf(view: View): Drawn[] {
  const longest = new Map<string, Run>();
  for (const run of view.resort.runs) {
    const before = longest.get(run.name);
    if (run.name && (!before || (run.length_m ?? 0) > (before.length_m ?? 0))) longest.set(run.name, run);
  }
  const nameless = longest.size === 0;
  const runs: Drawn[] = view.resort.runs.flatMap((run) =>
    run.line
      ? [{ key: run.key, kind: "run" as const, name: nameless ? run.key : longest.get(run.name) === run ? run.name : "", line: run.line, surface: false }]
      : [],
  );
  const lifts: Drawn[] = view.resort.lifts.flatMap((lift) =>
    lift.line ? [{ key: lift.key, kind: "lift" as const, name: lift.name, line: lift.line, surface: !AERIAL.has(lift.type) }] : [],
  );
  return [...runs, ...lifts];
}

function liftText(lift: Lift, day: Day | null, bin: number): string {
  const found = day?.lifts.find((l) => l.key === lift.key);
  if (!found) return say("{name}: {n} persons per hour, {length} m", { name: lift.name, n: count(lift.capacity_pph), length: count(lift.length_m) });
  return say("{name}: wait {time}, {n} in line", { name: lift.name, time: span(waitAt(found, bin)), n: count(found.queue[bin]) });
}

// Styles of all lifts and runs, by kind and key ("lift:gondola").
export function looksAt(view: View, bin: number, shows: Shows, dark: boolean): Map<string, Look> {
  const looks = new Map<string, Look>();
  const { day, resort } = view;
  const ink = dark ? "#e6edf3" : "#14181d";
  const dayLifts = new Map(day?.lifts.map((l) => [l.key, l]));
  const dayRuns = new Map(day?.runs.map((r) => [r.key, r]));
  for (const lift of resort.lifts) {
    const found = dayLifts.get(lift.key);
    const step = found && shows !== "density" ? stepOf(WAITS, waitAt(found, bin)) : { ...NOTHING, colour: ink, dark: ink, width: 1 };
    looks.set(`lift:${lift.key}`, { colour: dark ? step.dark : step.colour, width: step.width, dash: [], twin: false, text: liftText(lift, day, bin) });
  }
  for (const run of resort.runs) {
    const found = dayRuns.get(run.key);
    const look = runLook(resort.convention, run.difficulty);
    const share = found ? crowding(found, run, bin) : null;
    const name = runName(run);
    const text = found
      ? say("{name}: {n} people, {density} per ha, {share} of the standard", { name, n: decimal(found.people[bin]), density: decimal(density(found, run, bin)), share: percent(share) })
      : say("{name}: {difficulty}, {length} m", { name, difficulty: words(run.difficulty), length: count(run.length_m) });
    if (!found || shows === "difficulty") looks.set(`run:${run.key}`, { colour: dark ? look.dark : look.colour, width: look.width, dash: look.dash, twin: look.twin, text });
    else {
      const step = found.people[bin] > 0 && shows !== "waits" ? stepOf(CROWDS, share) : NOTHING;
      looks.set(`run:${run.key}`, { colour: dark ? step.dark : step.colour, width: step.width, dash: [], twin: false, text });
    }
  }
  return looks;
}
