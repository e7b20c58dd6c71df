// map.tsx - the live trail map: MapLibre where there is WebGL, SVG where there is none and on paper.
import { useEffect, useMemo, useState } from "preact/hooks";
import { viewOf, type View } from "../../data";
import { GlMap, hasWebGl } from "../../components/GlMap";
import { SvgMap } from "../../components/SvgMap";
import { useWidth } from "../../components/use";
import { drawnOf, type Look } from "../../mapmodel";
import { DIFFICULTIES, WAITS, runLook, stepOf } from "../../scales";
import type { Resort } from "../../types";
import { namesNow, withNames } from "../names";
import { t } from "../words";
import type { Mountain, Place } from "./state";
import { crowdText, kindText, nameOf, noteText, stateText, waitText } from "./words";

const SHUT = ["#9aa5b1", "#5d6975"], HELD = ["#d98200", "#ffd37a"];

function textOf(place: Place, isLift: boolean): string {
  const what = isLift ? (place.wait_s === undefined ? "" : `, ${t("mountain.wait")}: ${waitText(place.wait_s)}`)
    : place.crowd_percent === undefined ? "" : `, ${t("mountain.crowding")}: ${crowdText(place.crowd_percent)}`;
  return `${nameOf(place, isLift ? "lifts" : "runs")}: ${stateText(place.state)}${place.note ? ` (${noteText(place.note)})` : ""}${place.state === "open" ? what : ""}`;
}

function looksOf(view: View, now: Mountain, dark: boolean): Map<string, Look> {
  const looks = new Map<string, Look>(), d = dark ? 1 : 0;
  for (const lift of now.lifts) {
    const step = stepOf(WAITS, lift.wait_s ?? 0), text = textOf(lift, true);
    if (lift.state === "open") looks.set(`lift:${lift.key}`, { colour: dark ? step.dark : step.colour, width: step.width, dash: [], twin: false, text });
    else looks.set(`lift:${lift.key}`, { colour: (lift.state === "hold" ? HELD : SHUT)[d], width: lift.state === "hold" ? 4 : 2, dash: [2, 2], twin: false, text });
  }
  for (const run of now.runs) {
    const drawn = view.runs.get(run.key);
    if (!drawn) continue;
    const look = runLook(view.resort.convention, drawn.difficulty), text = textOf(run, false);
    if (run.state === "open") looks.set(`run:${run.key}`, { colour: dark ? look.dark : look.colour, width: look.width, dash: look.dash, twin: look.twin, text });
    else looks.set(`run:${run.key}`, { colour: (run.state === "hold" ? HELD : SHUT)[d], width: 2, dash: [1, 2], twin: false, text });
  }
  return looks;
}

// What of several is true of the screen: dark, or paper.
function useMedia(query: string): boolean {
  const media = useMemo(() => matchMedia(query), [query]);
  const [is, setIs] = useState(media.matches);
  useEffect(() => {
    const changed = (): void => setIs(media.matches);
    media.addEventListener("change", changed);
    return () => media.removeEventListener("change", changed);
  }, [media]);
  return is;
}

function Legend({ resort, dark }: { resort: Resort; dark: boolean }) {
  const used = DIFFICULTIES.filter((d) => resort.runs.some((r) => r.difficulty === d));
  const line = (colour: string, width: number, dash: number[] = []) => (
    <svg width="30" height="14" aria-hidden="true"><path d="M1 7H29" stroke={colour} stroke-width={width} stroke-dasharray={dash.map((x) => x * width).join(" ") || undefined} /></svg>
  );
  const shade = dark ? 1 : 0;
  return (
    <ul class="legend" aria-label={t("mountain.legend")}>
      {used.map((d) => {
        const look = runLook(resort.convention, d);
        return <li key={d}>{line(dark ? look.dark : look.colour, look.width, look.dash)} {kindText(d)}</li>;
      })}
      {WAITS.filter((_, i) => i % 2 === 0).map((s) => <li key={s.label}>{line(dark ? s.dark : s.colour, s.width)} {t("mountain.liftUnder", { n: s.below === Infinity ? 20 : s.below / 60, sign: s.below === Infinity ? ">" : "<" })}</li>)}
      <li>{line(HELD[shade], 4, [2, 2])} {stateText("hold")}</li>
      <li>{line(SHUT[shade], 2, [1, 2])} {stateText("closed")}</li>
    </ul>
  );
}

export default function LiveMap({ now, resort: told, plain = false }: { now: Mountain; resort: Resort; plain?: boolean }) {
  const called = namesNow(), resort = useMemo(() => withNames(told, true), [told, called]);
  const [box, width] = useWidth<HTMLDivElement>(700);
  const [hasFailed, setFailed] = useState(false);
  const view = useMemo(() => viewOf(resort, null), [resort]);
  const drawn = useMemo(() => drawnOf(view), [view]);
  const able = useMemo(() => !plain && !resort.schematic && resort.origin !== null && hasWebGl(), [resort, plain]);
  const paper = useMedia("print"), dark = useMedia("(prefers-color-scheme: dark)") && !paper;
  const looks = useMemo(() => looksOf(view, now, dark), [view, now, dark, called]);
  const label = t("mountain.mapOf", { name: resort.name });
  const gl = able && !hasFailed;
  if (!drawn.length) return null;
  return (
    <div class="live-map" ref={box} data-drawn-with={gl ? "gl" : "svg"}>
      {gl && <div class="screen-only"><GlMap key={called} view={view} drawn={drawn} looks={looks} dashed dark={dark} label={label} onFail={() => setFailed(true)} /></div>}
      <div class={gl ? "print-only" : undefined}>
        <SvgMap view={view} drawn={drawn} looks={looks} width={gl ? 700 : width} label={label} />
      </div>
      {!plain && <Legend resort={resort} dark={dark} />}
      {resort.attribution && <p class="note">{resort.attribution}</p>}
    </div>
  );
}
