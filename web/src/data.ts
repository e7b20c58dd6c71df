// data.ts - what the program embedded in the page, and what is derived from it once.
import type { Day, DayLift, DayRun, Lift, Resort, Run } from "./types";
import { seconds } from "./format";

export function embedded<T>(id: string): T | null {
  const element = document.getElementById(id);
  return element ? (JSON.parse(element.textContent ?? "") as T) : null;
}

export const binCount = (day: Day): number => day.present.length;
export const binStart = (day: Day, bin: number): number => seconds(day.from) + bin * day.bin_s;

export function byKey<T extends { key: string }>(list: T[]): Map<string, T> {
  return new Map(list.map((item) => [item.key, item]));
}

// A run's label: its name, or its key where the map has none.
export const runName = (run: { key: string; name: string }): string => run.name || run.key;

// Names that several things share get their keys, so that each row of a table can be told from the next.
export function distinctNames<T extends { key: string; name: string }>(list: T[]): Map<string, string> {
  const times = new Map<string, number>();
  for (const item of list) times.set(item.name, (times.get(item.name) ?? 0) + 1);
  return new Map(
    list.map((item) => [item.key, !item.name ? item.key : times.get(item.name)! > 1 ? `${item.name} (${item.key})` : item.name]),
  );
}

// People on a run per hectare in one bin; null where the area is unknown.
export function density(run: DayRun, on: Run | undefined, bin: number): number | null {
  return on?.area_ha ? run.people[bin] / on.area_ha : null;
}

export function crowding(run: DayRun, on: Run | undefined, bin: number): number | null {
  const people = density(run, on, bin);
  return people === null || !run.density_standard_per_ha ? null : people / run.density_standard_per_ha;
}

// The mean wait of a lift in a bin. Where nobody boarded though people stand in line (it stopped), the last known wait.
export function waitAt(lift: DayLift, bin: number): number | null {
  for (let i = bin; i >= 0; i--) {
    if (lift.wait_mean_s[i] !== null) return lift.wait_mean_s[i];
    if (lift.queue[i] === 0) return null;
  }
  return null;
}

// When to begin looking: at the longest lines of all lifts together.
export function busiestBin(day: Day): number {
  let best = 0, most = -1;
  for (let bin = 0; bin < binCount(day); bin++) {
    const inLine = day.lifts.reduce((sum, lift) => sum + lift.queue[bin], 0);
    if (inLine > most) [best, most] = [bin, inLine];
  }
  return best;
}

// The bins in which somebody is here; charts and the slider leave out the empty ends of the day.
export function usedBins(day: Day): [number, number] {
  let from = 0, to = binCount(day) - 1;
  while (from < to && day.present[from] === 0) from++;
  while (to > from && day.present[to] === 0) to--;
  return [from, to];
}

export interface View {
  day: Day | null;
  resort: Resort;
  lifts: Map<string, Lift>;
  runs: Map<string, Run>;
  liftNames: Map<string, string>;
  runNames: Map<string, string>;
}

export function viewOf(resort: Resort, day: Day | null): View {
  return {
    day,
    resort,
    lifts: byKey(resort.lifts),
    runs: byKey(resort.runs),
    liftNames: distinctNames(resort.lifts),
    runNames: distinctNames(resort.runs),
  };
}
