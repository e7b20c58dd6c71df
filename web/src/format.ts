// format.ts - numbers, spans and times of day as people read them.
import { said, say } from "./say";

// What Intl makes for a language is kept.
const kept = new Map<string, Intl.NumberFormat>();
function format(name: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${said.value.language} ${name}`;
  if (!kept.has(key)) kept.set(key, new Intl.NumberFormat(said.value.language, options));
  return kept.get(key)!;
}
const whole = (value: number): string => format("whole", { maximumFractionDigits: 0 }).format(value);
const tenth = (value: number): string => format("tenth", { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
const percentage = (value: number): string => format("percent", { style: "percent", maximumFractionDigits: 0 }).format(value);

export const NONE = "–";

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : whole(value);
}

export function decimal(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : tenth(value);
}

export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? NONE : percentage(share);
}

// "45 s", "6:05 min", "1 h 54 min": how long something took.
export function span(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return NONE;
  const s = Math.round(seconds);
  if (s < 60) return say("{s} s", { s });
  if (s < 3600) return say("{m} min", { m: `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}` });
  const minutes = Math.round(s / 60);
  return say("{h} h {m} min", { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, "0") });
}

// "07:00:00" or "25:10:00" as seconds after midnight.
export function seconds(clock: string): number {
  const [h, m, s] = clock.split(":").map(Number);
  return h * 3600 + m * 60 + (s || 0);
}

// "09:05"; past midnight hours go on counting in the data, and begin anew here.
export function time(second: number): string {
  const minutes = Math.floor(second / 60);
  return `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

export function clock(text: string | null): string {
  return text === null ? NONE : time(seconds(text));
}

export function date(iso: string): string {
  const [y, m, d] = iso.split("-").map(Number);
  return new Intl.DateTimeFormat(said.value.language, { weekday: "long", year: "numeric", month: "long", day: "numeric", timeZone: "UTC" }).format(
    new Date(Date.UTC(y, m - 1, d)),
  );
}

// "ticket-office" as "Ticket office", in the reader's language.
export function words(key: string): string {
  const text = key.replace(/[-_]/g, " ");
  return say(text.charAt(0).toUpperCase() + text.slice(1));
}
