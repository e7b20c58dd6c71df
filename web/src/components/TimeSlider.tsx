// TimeSlider.tsx - the time of day that map and tables show: a slider, a button that lets it run, and words for those
// who do not see either.
import { useEffect } from "preact/hooks";
import type { Day } from "../types";
import { binStart, usedBins } from "../data";
import { count, time } from "../format";
import { bin, playing } from "../state";
import { say } from "../say";

const STEP_MS = 350;

function usePlaying(from: number, to: number): void {
  useEffect(() => {
    if (!playing.value) return undefined;
    const timer = setInterval(() => {
      if (bin.value >= to) playing.value = false;
      else bin.value += 1;
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [playing.value, from, to]);
}

function toggle(from: number, to: number): void {
  if (!playing.value && bin.value >= to) bin.value = from;
  playing.value = !playing.value;
}

// The number of people present, as a small hill under the slider.
function Present({ day, from, to }: { day: Day; from: number; to: number }) {
  const most = Math.max(1, day.present_max), bins = to - from + 1;
  let path = "M0 40";
  for (let i = from; i <= to; i++) {
    const y = (40 - (day.present[i] / most) * 38).toFixed(1);
    path += `L${i - from} ${y}L${i - from + 1} ${y}`;
  }
  const at = bin.value - from;
  return (
    <svg class="present" viewBox={`0 0 ${bins} 40`} preserveAspectRatio="none" aria-hidden="true">
      <path d={`${path}L${bins} 40z`} />
      <rect x={at} y="0" width="1" height="40" />
    </svg>
  );
}

export function TimeSlider({ day, describe }: { day: Day; describe: (bin: number) => string }) {
  const [from, to] = usedBins(day);
  usePlaying(from, to);
  const now = time(binStart(day, bin.value));
  const text = say("{time}: {n} people here", { time: now, n: count(day.present[bin.value]) });
  return (
    <div class="slider">
      <button type="button" class="play" onClick={() => toggle(from, to)} aria-label={say(playing.value ? "Pause" : "Play the day")}>
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d={playing.value ? "M5 3h4v14H5zM11 3h4v14h-4z" : "M5 3l12 7-12 7z"} />
        </svg>
      </button>
      <output class="now" for="time">{now}</output>
      <div class="track">
        <Present day={day} from={from} to={to} />
        <input
          id="time" type="range" min={from} max={to} step={1} value={bin.value} aria-label={say("Time of day")} aria-valuetext={text}
          onInput={(event) => {
            playing.value = false;
            bin.value = Number(event.currentTarget.value);
          }}
        />
        <div class="hours" aria-hidden="true">
          <span>{time(binStart(day, from))}</span>
          <span>{say("{n} here", { n: count(day.present[bin.value]) })}</span>
          <span>{time(binStart(day, to))}</span>
        </div>
      </div>
      <p class="unseen" aria-live="polite">{playing.value ? "" : describe(bin.value)}</p>
    </div>
  );
}
