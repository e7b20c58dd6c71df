// calendar.tsx - a month of days of which one is chosen: a grid for the keyboard and wide windows, a list on a phone.
//
// The grid is WAI-ARIA's: arrows go by days and weeks, Home and End to the ends of the week, Page Up and Down by months; one
// day has the tab stop. Days are "2026-12-24"; no browser's clock or zone plays a part.
import { useEffect, useRef, useState } from "preact/hooks";
import { date, language, t } from "../words";

export type Day = { date: string; text: string; label: string; state: "free" | "few" | "full" };

const asDate = (day: string): Date => new Date(`${day}T00:00:00Z`);
export const addDays = (day: string, n: number): string => new Date(asDate(day).getTime() + n * 86400000).toISOString().slice(0, 10);
export const monthOf = (day: string): string => day.slice(0, 7);
export function addMonths(month: string, n: number): string {
  const at = new Date(`${month}-01T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + n);
  return at.toISOString().slice(0, 7);
}
export const lastOf = (month: string): string => addDays(`${addMonths(month, 1)}-01`, -1);
const part = (day: string, options: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat(language.value, { timeZone: "UTC", ...options }).format(asDate(day));

// The day that a week begins with where the language is spoken, 0 for Sunday.
function firstWeekday(): number {
  const locale = new Intl.Locale(language.value) as Intl.Locale & { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } };
  return ((locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1) % 7;
}

export function useNarrow(): boolean {
  const query = "(max-width: 600px)";
  const [is, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const m = matchMedia(query), changed = () => set(m.matches);
    m.addEventListener("change", changed);
    return () => m.removeEventListener("change", changed);
  }, []);
  return is;
}

type Props = { month: string; days: Map<string, Day>; chosen: string; first: string; last: string; choose: (day: string) => void; turn: (month: string) => void };

export function Calendar(props: Props) {
  const { month, first, last, turn } = props;
  const narrow = useNarrow();
  const title = part(`${month}-01`, { month: "long", year: "numeric" });
  return (
    <div class="calendar">
      <div class="calendar-head">
        <button type="button" aria-label={t("book.calendar.before")} disabled={monthOf(first) >= month} onClick={() => turn(addMonths(month, -1))}>‹</button>
        <h3 aria-live="polite" id="calendar-title">{title}</h3>
        <button type="button" aria-label={t("book.calendar.after")} disabled={monthOf(last) <= month} onClick={() => turn(addMonths(month, 1))}>›</button>
      </div>
      {narrow ? <List {...props} /> : <Grid {...props} />}
    </div>
  );
}

function List({ month, days, chosen, choose }: Props) {
  const all = [...days.values()].filter((d) => monthOf(d.date) === month);
  if (!all.length) return <p class="note">{t("book.calendar.none")}</p>;
  return (
    <ul class="day-list" aria-labelledby="calendar-title">
      {all.map((d) => (
        <li key={d.date}>
          <button type="button" data-day={d.date} class={d.state} aria-pressed={d.date === chosen} onClick={() => choose(d.date)}>
            <span>{part(d.date, { weekday: "short", day: "numeric", month: "short" })}</span><span>{d.label}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Grid({ month, days, chosen, first, last, choose, turn }: Props) {
  const [focus, setFocus] = useState("");
  const wanted = useRef(""), body = useRef<HTMLTableSectionElement>(null);
  const begin = `${month}-01`, end = lastOf(month);
  const on = (day: string): boolean => days.has(day);
  // The day with the tab stop: the one gone to, the chosen one, or the first that is on sale.
  const stop = monthOf(focus) === month ? focus : monthOf(chosen) === month ? chosen : [...days.keys()].find((d) => monthOf(d) === month) ?? begin;
  useEffect(() => {
    if (wanted.current !== stop) return; // what was drawn before the key was pressed
    body.current?.querySelector<HTMLElement>(`[data-day="${stop}"]`)?.focus();
    wanted.current = "";
  });
  const to = (day: string) => {
    const at = day < first ? first : day > last ? last : day;
    wanted.current = at;
    setFocus(at);
    if (monthOf(at) !== month) turn(monthOf(at));
  };
  const weekday = (day: string) => (asDate(day).getUTCDay() - firstWeekday() + 7) % 7;
  const key = (e: KeyboardEvent) => {
    const by: Record<string, () => string> = {
      ArrowLeft: () => addDays(stop, -1), ArrowRight: () => addDays(stop, 1), ArrowUp: () => addDays(stop, -7), ArrowDown: () => addDays(stop, 7),
      Home: () => addDays(stop, -weekday(stop)), End: () => addDays(stop, 6 - weekday(stop)),
      PageUp: () => sameDay(addMonths(month, -1), stop), PageDown: () => sameDay(addMonths(month, 1), stop),
    };
    if (by[e.key]) {
      e.preventDefault();
      to(by[e.key]());
    } else if ((e.key === "Enter" || e.key === " ") && on(stop)) {
      e.preventDefault();
      choose(stop);
    }
  };
  const start = addDays(begin, -weekday(begin)), weeks: string[][] = [];
  for (let day = start; day <= end; day = addDays(day, 7)) weeks.push(Array.from({ length: 7 }, (_, i) => addDays(day, i)));
  return (
    <table role="grid" aria-labelledby="calendar-title" onKeyDown={key}>
      <thead>
        <tr>{weeks[0].map((d) => <th key={d} scope="col" abbr={part(d, { weekday: "long" })}>{part(d, { weekday: "short" })}</th>)}</tr>
      </thead>
      <tbody ref={body}>
        {weeks.map((week) => (
          <tr key={week[0]}>
            {week.map((d) => {
              const day = days.get(d);
              if (monthOf(d) !== month) return <td key={d} class="other" />;
              return (
                <td key={d} role="gridcell" data-day={d} tabIndex={d === stop ? 0 : -1} class={day?.state ?? "none"} aria-selected={d === chosen} aria-disabled={!day}
                  onClick={() => { setFocus(d); if (day) choose(d); }}>
                  <span class="day" aria-hidden="true">{Number(d.slice(8))}</span><span class="left" aria-hidden="true">{day?.text ?? ""}</span>
                  <span class="unseen">{date(d)}: {day?.label ?? t("book.calendar.notOnSale")}</span>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function sameDay(month: string, day: string): string {
  const wished = `${month}-${day.slice(8)}`, end = lastOf(month);
  return wished > end ? end : wished;
}
