// format.ts - numbers, spans and times of day as people read them.
const language = document.documentElement.lang || "en";
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const percentage = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });

export const NONE = "–";

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : whole.format(value);
}

export function decimal(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : tenth.format(value);
}

export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? NONE : percentage.format(share);
}

// "45 s", "6:05 min", "1 h 54 min": how long something took.
export function span(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return NONE;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")} min`;
  const minutes = Math.round(s / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
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
  return new Intl.DateTimeFormat(language, { weekday: "long", year: "numeric", month: "long", day: "numeric", timeZone: "UTC" }).format(
    new Date(Date.UTC(y, m - 1, d)),
  );
}

// "ticket-office" as "Ticket office".
export function words(key: string): string {
  const text = key.replace(/[-_]/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
