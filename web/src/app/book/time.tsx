// time.tsx - how long something still lasts, by the server's time: its clock was read with the answer, and is counted on.
import { useEffect, useState } from "preact/hooks";
import { t } from "../words";

export type Moment = { at_ms: number; read: number }; // the server's time, and this page's counter then
export const moment = (at_ms: number): Moment => ({ at_ms, read: performance.now() });
export const nowOf = (m: Moment): number => m.at_ms + performance.now() - m.read;

// Tells every second how much is left; a screen reader hears it each minute.
export function Left({ until, now, over }: { until: number; now: Moment; over: () => void }) {
  const [left, setLeft] = useState(() => until - nowOf(now));
  useEffect(() => {
    const tick = () => {
      const ms = until - nowOf(now);
      setLeft(ms);
      if (ms <= 0) {
        clearInterval(timer);
        over();
      }
    };
    const timer = setInterval(tick, 1000);
    tick();
    return () => clearInterval(timer);
  }, [until, now]);
  const s = Math.max(0, Math.floor(left / 1000)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  const two = (n: number) => String(n).padStart(2, "0");
  return (
    <span class="left-time" role="timer">
      <span aria-hidden="true">{h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`}</span>
      <span class="unseen" aria-live="polite">{h ? t("book.left.hours", { n: h }) : t("book.left.minutes", { n: Math.max(1, m + 1) })}</span>
    </span>
  );
}
