// scales.ts - colours that mean something. Each is told apart by light as well as by hue, and never alone: widths grow,
// dashes differ, and every figure stands in a table. Steps from blue to orange-red and from teal to brown are among those
// that people with any of the common colour deficiencies tell apart (ColorBrewer, RdYlBu and BrBG).
import type { Difficulty, Resort } from "./types";
import { say } from "./say";

export interface Step {
  below: number; // of the value; the last is Infinity
  colour: string;
  dark: string; // on a dark page
  width: number; // px of a line on the map
  label: string;
}

// Mean wait of those who boarded, s.
export const WAITS: Step[] = [
  { below: 60, colour: "#6ba3d6", dark: "#3f78b5", width: 3, label: "under 1 min" },
  { below: 180, colour: "#b7d8ec", dark: "#91bfdb", width: 4, label: "1–3 min" },
  { below: 360, colour: "#fee090", dark: "#fee090", width: 5, label: "3–6 min" },
  { below: 600, colour: "#fdae61", dark: "#fdae61", width: 6, label: "6–10 min" },
  { below: 1200, colour: "#e8562f", dark: "#e8562f", width: 7.5, label: "10–20 min" },
  { below: Infinity, colour: "#a50026", dark: "#b3002c", width: 9, label: "over 20 min" },
];

// People on a run, as a share of the upper end of the standard for its difficulty.
export const CROWDS: Step[] = [
  { below: 0.25, colour: "#a3dbd3", dark: "#1f5f5a", width: 5, label: "under 25 %" },
  { below: 0.5, colour: "#5cb8ac", dark: "#2f8f86", width: 6, label: "25–50 %" },
  { below: 0.75, colour: "#1f7a73", dark: "#7fd8cb", width: 7, label: "50–75 %" },
  { below: 1, colour: "#e0a046", dark: "#f3cf8e", width: 8.5, label: "75–100 %" },
  { below: Infinity, colour: "#8c510a", dark: "#ff8f3a", width: 11, label: "above standard" },
];

export const NOTHING: Step = { below: 0, colour: "#a3adb8", dark: "#5d6975", width: 2.5, label: "nobody, or not known" };

export function stepOf(steps: Step[], value: number | null): Step {
  if (value === null) return NOTHING;
  return steps.find((step) => value < step.below) ?? steps[steps.length - 1];
}

// How a run of some difficulty is drawn where it is not coloured by its crowd; as on the trail sign (piste map --svg).
export interface RunLook {
  colour: string;
  dark: string; // on a dark page
  dash: number[];
  width: number;
  twin: boolean; // a light line in the middle
}

const GREEN = ["#1a7f37", "#4ac26b"], BLUE = ["#0b5cad", "#6cb6ff"], RED = ["#d1242f", "#ff7b72"], BLACK = ["#14181d", "#e6edf3"],
  ORANGE = ["#b35900", "#f0a04b"];
const COLOURS: Record<Resort["convention"], Record<Difficulty, string[]>> = {
  europe: { novice: GREEN, easy: BLUE, intermediate: RED, advanced: BLACK, expert: BLACK, freeride: ORANGE, extreme: ORANGE },
  "north-america": { novice: GREEN, easy: GREEN, intermediate: BLUE, advanced: BLACK, expert: BLACK, freeride: ORANGE, extreme: ORANGE },
  japan: { novice: GREEN, easy: GREEN, intermediate: RED, advanced: BLACK, expert: BLACK, freeride: ORANGE, extreme: ORANGE },
};
const DASHES: Record<Difficulty, number[]> = {
  novice: [0.4, 1.6], easy: [], intermediate: [4, 1.4], advanced: [], expert: [2.2, 0.8], freeride: [0.8, 1.6], extreme: [3, 1.2, 0.5, 1.2],
};
export const DIFFICULTIES: Difficulty[] = ["novice", "easy", "intermediate", "advanced", "expert", "freeride", "extreme"];

export function runLook(convention: Resort["convention"], difficulty: Difficulty): RunLook {
  const [colour, dark] = COLOURS[convention][difficulty];
  const twin = difficulty === "advanced" || difficulty === "expert";
  return { colour, dark, dash: DASHES[difficulty], width: twin ? 6 : 4, twin };
}

export function difficultyText(convention: Resort["convention"], difficulty: Difficulty): string {
  const american: Record<Difficulty, string> = {
    novice: "First turns", easy: "Easiest", intermediate: "More difficult", advanced: "Most difficult", expert: "Experts only",
    freeride: "Freeride", extreme: "Extreme",
  };
  return say(convention === "north-america" ? american[difficulty] : difficulty.charAt(0).toUpperCase() + difficulty.slice(1));
}

// Lines of a chart: eight colours (Okabe and Ito, with blue and orange in two depths), then the same dashed.
const LINES_LIGHT = ["#0072b2", "#d55e00", "#00795a", "#a23f7e", "#8a6d00", "#2f9fd6", "#5b4b9a", "#4d4d4d"];
const LINES_DARK = ["#56b4e9", "#ff9a57", "#35c59b", "#ef9bcc", "#e6cf4a", "#8ec9f0", "#b5a7f5", "#c9d1d9"];
export function lineColour(index: number, dark: boolean): string {
  return (dark ? LINES_DARK : LINES_LIGHT)[index % 8];
}
export function lineDash(index: number): number[] {
  return [[], [7, 4], [2, 3], [9, 3, 2, 3]][Math.floor(index / 8) % 4];
}

// How people spend their day; text stands on these, so that each has its own ink.
export const SPENT: { key: string; label: string; colour: string; ink: string }[] = [
  { key: "waiting", label: "Waiting for lifts", colour: "#b5371c", ink: "#fff" },
  { key: "riding", label: "Riding lifts", colour: "#fdb863", ink: "#14181d" },
  { key: "skiing", label: "Skiing", colour: "#2b6cb0", ink: "#fff" },
  { key: "resting", label: "Resting on the slope", colour: "#a6cee3", ink: "#14181d" },
  { key: "walking", label: "Walking", colour: "#b2df8a", ink: "#14181d" },
  { key: "queueing", label: "Queueing at venues", colour: "#8a3b73", ink: "#fff" },
  { key: "in_venues", label: "In venues", colour: "#d9bfe0", ink: "#14181d" },
  { key: "idle", label: "Idle", colour: "#c9ced6", ink: "#14181d" },
  { key: "assisted", label: "Being brought down", colour: "#4d4d4d", ink: "#fff" },
];
