// SvgMap.tsx - the trail map as plain SVG: where WebGL is not to be had, for schematic drawings, and on paper.
import { useMemo } from "preact/hooks";
import type { View } from "../data";
import type { Drawn, Look } from "../mapmodel";
import { count } from "../format";
import { placeLabels } from "../labels";
import type { Box } from "../labels";

export interface Fit {
  width: number;
  height: number;
  at: (p: [number, number]) => [number, number];
  back: (p: [number, number]) => [number, number]; // from the sheet to the map
}

// All of the map in a sheet of the given width. A schematic drawing may be drawn out sideways: there nothing is to scale.
export function fitOf(drawn: Drawn[], width: number, schematic: boolean): Fit {
  const xs = drawn.flatMap((d) => d.line.map((p) => p[0])), ys = drawn.flatMap((d) => d.line.map((p) => p[1]));
  const span = (list: number[]): [number, number] => list.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity] as [number, number]);
  const [west, east] = span(xs), [south, north] = span(ys);
  const margin = Math.min(48, width * 0.08), wide = Math.max(1, east - west), high = Math.max(1, north - south);
  const most = Math.min(620, Math.max(340, width * 1.15));
  const inner = width - 2 * margin;
  const up = Math.min((most - 2 * margin) / high, schematic ? Infinity : inner / wide);
  const across = schematic ? Math.min(inner / wide, 4 * up) : up;
  const height = Math.round(high * up + 2 * margin);
  const left = (width - wide * across) / 2;
  return {
    width, height,
    at: ([x, y]) => [left + (x - west) * across, height - margin - (y - south) * up],
    back: ([x, y]) => [west + (x - left) / across, south + (height - margin - y) / up],
  };
}

const path = (points: [number, number][]): string => points.map((p, i) => `${i ? "L" : "M"}${p[0].toFixed(1)} ${p[1].toFixed(1)}`).join("");

function Arrow({ points }: { points: [number, number][] }) {
  const [x, y] = points[points.length - 1];
  const from = [...points].reverse().find((p) => Math.hypot(p[0] - x, p[1] - y) > 5);
  if (!from) return null;
  const angle = (Math.atan2(y - from[1], x - from[0]) * 180) / Math.PI;
  return <path class="tip" d="M1 0L-11 5.500V-5.500z" transform={`translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${angle.toFixed(1)})`} />;
}

interface Mark {
  x: number;
  y: number;
  count: number;
  title: string;
}

// One mark for each place that has venues, with their number; places that would lie upon each other share one.
function venueMarks(view: View, fit: Fit): Mark[] {
  const at = new Map<string, string[]>();
  for (const venue of view.resort.venues) if (venue.place) at.set(venue.place, [...(at.get(venue.place) ?? []), venue.name]);
  const marks: Mark[] = [];
  for (const place of view.resort.places) {
    const names = at.get(place.key);
    if (!names || !place.at) continue;
    const [x, y] = fit.at(place.at), title = `${place.name}: ${names.join(", ")}`;
    const near = marks.find((m) => Math.hypot(m.x - x, m.y - y) < 19);
    if (near) {
      near.count += names.length;
      near.title += `\n${title}`;
    } else marks.push({ x, y, count: names.length, title });
  }
  return marks;
}

export function SvgMap({ view, drawn, looks, width, label }: { view: View; drawn: Drawn[]; looks: Map<string, Look>; width: number; label: string }) {
  const fit = useMemo(() => fitOf(drawn, width, view.resort.schematic), [drawn, width, view]);
  const shapes = useMemo(() => drawn.map((d) => ({ ...d, points: d.line.map(fit.at) })), [drawn, fit]);
  const marks = useMemo(() => venueMarks(view, fit), [view, fit]);
  const labels = useMemo(() => {
    const taken: Box[] = marks.map((m) => ({ x: m.x - 9, y: m.y - 9, w: 18, h: 18 }));
    const narrow = fit.width < 480; // there the names of runs would hide them
    const inOrder = [...shapes.filter((s) => s.kind === "lift"), ...shapes.filter((s) => s.kind === "run" && !narrow)];
    return placeLabels(inOrder.map((s) => ({ text: s.name, strong: s.kind === "lift", points: s.points })), taken, fit.width, fit.height);
  }, [shapes, marks, fit]);
  const walks = useMemo(() => view.resort.walks.flatMap((line) => (line ? [path(line.map(fit.at))] : [])), [view, fit]);
  const runs = shapes.filter((s) => s.kind === "run"), lifts = shapes.filter((s) => s.kind === "lift");
  const lookOf = (s: Drawn): Look => looks.get(`${s.kind}:${s.key}`)!;
  const line = (s: (typeof shapes)[number]) => {
    const look = lookOf(s);
    return (
      <path class="way" d={path(s.points)} stroke={look.colour} stroke-width={look.width}
        stroke-dasharray={look.dash.length ? look.dash.map((d) => (d * look.width).toFixed(1)).join(" ") : undefined} key={s.key}>
        <title>{look.text}</title>
      </path>
    );
  };
  return (
    <svg class="svg-map" viewBox={`0 0 ${fit.width} ${fit.height}`} role="img" aria-label={label}>
      {walks.map((d, i) => <path class="walk" d={d} key={i} />)}
      {runs.map(line)}
      {runs.map((s) => lookOf(s).twin && <path class="twin" d={path(s.points)} key={s.key} />)}
      {lifts.map((s) => (
        <g key={s.key} class={s.surface ? "lift surface" : "lift"}>
          <path class="case" d={path(s.points)} stroke-width={lookOf(s).width + 2.2} />
          {line(s)}
          <Arrow points={s.points} />
        </g>
      ))}
      {marks.map((m) => (
        <g class="venue" transform={`translate(${m.x.toFixed(1)} ${m.y.toFixed(1)})`} key={m.title}>
          <title>{m.title}</title>
          <rect x="-8" y="-8" width="16" height="16" rx="4" />
          <text y="4">{count(m.count)}</text>
        </g>
      ))}
      {labels.map((l) => <text class={l.strong ? "name strong" : "name"} x={l.x.toFixed(1)} y={l.y.toFixed(1)} key={`${l.text}${l.strong}`}>{l.text}</text>)}
    </svg>
  );
}
