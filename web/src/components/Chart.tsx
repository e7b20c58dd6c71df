// Chart.tsx - lines over the day with uPlot, a row of buttons that show and hide them, and the same as SVG for paper.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import type { Day } from "../types";
import { binStart, usedBins } from "../data";
import { count, time } from "../format";
import { lineColour, lineDash } from "../scales";
import { bin, dark, playing } from "../state";
import { useWidth } from "./use";
import { say } from "../say";

export interface Series {
  key: string;
  name: string;
  values: (number | null)[];
  peak: number;
}

interface Props {
  day: Day;
  series: Series[];
  label: string; // what the chart shows
  unit: string;
  shown: number; // so many to begin with, those with the highest peaks
}

const HEIGHT = 300;
const width = (element: HTMLElement): number => element.clientWidth;

function optionsOf(day: Day, series: Series[], from: number, isDark: boolean, wide: number, unit: string): uPlot.Options {
  const ink = isDark ? "#b9c4cf" : "#4a5563", grid = isDark ? "#2a3642" : "#e3e8ee";
  const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: "12px system-ui, sans-serif" };
  return {
    width: wide, height: HEIGHT, legend: { show: false }, padding: [12, 8, 0, 0],
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    scales: { x: { time: false }, y: { range: (_u, _min, max) => [0, Math.max(1, max * 1.08)] } },
    axes: [
      { ...axis, size: 34, values: (_u, ticks) => ticks.map(time), incrs: [900, 1800, 3600, 7200, 10800, 14400], space: 54 },
      { ...axis, size: 46, values: (_u, ticks) => ticks.map(count), label: say(unit), labelSize: 20, labelFont: "12px system-ui, sans-serif" },
    ],
    series: [{}, ...series.map((s, i) => ({ label: s.name, stroke: lineColour(i, isDark), dash: lineDash(i), width: 2, points: { show: false } }))],
    hooks: {
      draw: [
        (u) => { // the chosen time
          const x = u.valToPos(binStart(day, bin.value) + day.bin_s / 2, "x", true);
          u.ctx.save();
          u.ctx.strokeStyle = ink;
          u.ctx.lineWidth = devicePixelRatio;
          u.ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
          u.ctx.beginPath();
          u.ctx.moveTo(x, u.bbox.top);
          u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
          u.ctx.stroke();
          u.ctx.restore();
        },
      ],
      ready: [
        (u) => u.over.addEventListener("click", () => {
          if (u.cursor.idx === null || u.cursor.idx === undefined) return;
          playing.value = false;
          bin.value = from + u.cursor.idx;
        }),
      ],
    },
  };
}

// The same lines for paper, with their names in the margin left out: the buttons above serve as the legend.
function Paper({ day, series, hidden, from, to }: { day: Day; series: Series[]; hidden: Set<string>; from: number; to: number }) {
  const peak = Math.max(1, ...series.filter((s) => !hidden.has(s.key)).map((s) => s.peak));
  const power = 10 ** Math.floor(Math.log10(peak)), step = [1, 2, 4, 8, 20].find((n) => (n * power) / 2 >= peak / 5)! * power / 2;
  const most = Math.max(4, Math.ceil(peak / Math.max(1, step)) * Math.max(1, step));
  const ticks: number[] = [];
  for (let v = 0; v <= most; v += Math.max(1, step)) ticks.push(v);
  const x = (i: number): number => 46 + ((i - from) / Math.max(1, to - from)) * 640, y = (v: number): number => 225 - (v / most) * 210;
  const hours: number[] = [];
  for (let i = from; i <= to; i++) if (binStart(day, i) % 7200 === 0) hours.push(i);
  return (
    <svg class="paper" viewBox="0 0 700 250" aria-hidden="true">
      {ticks.map((v) => (
        <g key={v}>
          <path class="grid" d={`M46 ${y(v).toFixed(1)}H686`} />
          <text x="40" y={y(v) + 4} text-anchor="end">{count(v)}</text>
        </g>
      ))}
      {hours.map((i) => <text x={x(i)} y="244" text-anchor="middle" key={i}>{time(binStart(day, i))}</text>)}
      {series.map((s, n) =>
        hidden.has(s.key) ? null : (
          <polyline key={s.key} fill="none" stroke={lineColour(n, false)} stroke-width="1.6" stroke-dasharray={lineDash(n).join(" ") || undefined}
            points={s.values.slice(from, to + 1).flatMap((v, i) => (v === null ? [] : [`${x(from + i).toFixed(1)},${y(v).toFixed(1)}`])).join(" ")} />
        ),
      )}
    </svg>
  );
}

export function Chart({ day, series, label, unit, shown }: Props) {
  const [box, wide] = useWidth<HTMLDivElement>(600);
  const plot = useRef<uPlot | null>(null);
  const target = useRef<HTMLDivElement>(null);
  const [from, to] = useMemo(() => usedBins(day), [day]);
  const [hidden, setHidden] = useState(() => new Set([...series].sort((a, b) => b.peak - a.peak).slice(shown).map((s) => s.key)));
  const data = useMemo(() => {
    const xs: number[] = [];
    for (let i = from; i <= to; i++) xs.push(binStart(day, i) + day.bin_s / 2);
    return [xs, ...series.map((s) => s.values.slice(from, to + 1))] as uPlot.AlignedData;
  }, [day, series]);
  useEffect(() => {
    const made = new uPlot(optionsOf(day, series, from, dark.value, width(target.current!) || 600, unit), data, target.current!);
    plot.current = made;
    return () => made.destroy();
  }, [data, dark.value]);
  useEffect(() => {
    series.forEach((s, i) => {
      if (plot.current!.series[i + 1].show === hidden.has(s.key)) plot.current!.setSeries(i + 1, { show: !hidden.has(s.key) });
    });
  }, [hidden, data, dark.value]);
  useEffect(() => plot.current?.setSize({ width: wide, height: HEIGHT }), [wide]);
  useEffect(() => plot.current?.redraw(false), [bin.value]);
  const toggle = (key: string): void => {
    const now = new Set(hidden);
    if (!now.delete(key)) now.add(key);
    setHidden(now);
  };
  return (
    <figure class="chart" ref={box}>
      <figcaption>{say(label)}</figcaption>
      <div class="toggles" role="group" aria-label={say("Lines of: {what}", { what: say(label) })}>
        {series.map((s, i) => (
          <button type="button" aria-pressed={!hidden.has(s.key)} onClick={() => toggle(s.key)} key={s.key}>
            <svg width="22" height="8" aria-hidden="true">
              <path d="M0 4H22" stroke={lineColour(i, dark.value)} stroke-width="3" stroke-dasharray={lineDash(i).join(" ") || undefined} />
            </svg>
            {s.name}
          </button>
        ))}
      </div>
      <div class="plot screen-only" ref={target} role="img" aria-label={say("{what}. The figures of any time stand in the tables beside the map.", { what: say(label) })} />
      <div class="print-only"><Paper day={day} series={series} hidden={hidden} from={from} to={to} /></div>
    </figure>
  );
}
