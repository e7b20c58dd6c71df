// words.ts - the field's own words (kinds of lifts, runs, venues; states; sources) as the reader's language has them.
import { named, type Kind } from "../names";
import { number, percent, span, t, type Key } from "../words";
import type { Mountain, Place } from "./state";

export const DIFFICULTIES = ["novice", "easy", "intermediate", "advanced", "expert", "freeride", "extreme"] as const;
export const STATES = ["open", "hold", "scheduled", "closed"] as const;
export const SIGNS: Record<string, string> = { open: "●", part: "◑", hold: "◐", scheduled: "◔", closed: "○" };

export const stateText = (state: string): string => t(`mountain.state.${state}` as Key);
export const kindText = (kind: string): string => t(`mountain.kind.${kind}` as Key);
export type What = "lifts" | "runs" | "venues";
export const nameOf = (place: Place, of: Kind): string => (place.name ? named(of, place.key, place.name) : place.key);
export const sourceText = (place: Place): string =>
  place.source === "schedule" ? t("mountain.bySchedule") : t("mountain.by", { name: place.source });

// Notes that the demonstration or the hours give have words in every language; what people write stays as it is.
const NOTES: Record<string, Key> = { "out of season": "mountain.note.season", "out of use": "mountain.note.use", wind: "mountain.note.wind", stopped: "mountain.note.stopped" };
export const noteText = (note: string): string => (NOTES[note] ? t(NOTES[note]) : note);

export const waitText = (wait: number | undefined): string =>
  wait === undefined ? "–" : wait < 60 ? t("mountain.underMinute") : span(wait);
export const peopleText = (people: number | undefined): string => (people === undefined ? "–" : number(people));
export const crowdText = (crowd: number | undefined): string => (crowd === undefined ? "–" : percent(crowd / 100));

// How old something is by the server's clock, which is the resort's.
export function ageText(mountain: Mountain, ms: number): string {
  if (!ms) return "";
  const s = Math.max(0, Math.round((mountain.at_ms - ms) / 1000));
  return t("mountain.ago", { time: s < 60 ? t("mountain.underMinute") : span(s) });
}
