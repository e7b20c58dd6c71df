// page.tsx - what is open, how long the wait is: a map and tables that say the same.
import type { ComponentType } from "preact";
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Resort } from "../../types";
import { Name } from "../parts/name";
import { date, language, t, time } from "../words";
import { DemoPanel } from "./demo";
import { Kiosk } from "./kiosk";
import { Notice } from "./notice";
import { failed, follow, mountain, resort, type Mountain } from "./state";
import { linesOf, slopeLines, type Line } from "./slopes";
import { OfPlace, Places } from "./tables";
import { DIFFICULTIES, kindText } from "./words";

type Map = ComponentType<{ now: Mountain; resort: Resort; plain?: boolean }>;
const difficulty = signal(""), onlyOpen = signal(false);
const isKiosk = (): boolean => new URLSearchParams(location.search).has("kiosk");

function Filters({ now }: { now: Mountain }) {
  const used = DIFFICULTIES.filter((d) => now.runs.some((r) => r.kind === d));
  return (
    <div class="filters" role="group" aria-label={t("mountain.filter")}>
      <label>{t("mountain.difficulty")}
        <select value={difficulty.value} onChange={(e) => (difficulty.value = e.currentTarget.value)}>
          <option value="">{t("mountain.all")}</option>
          {used.map((d) => <option key={d} value={d}>{kindText(d)}</option>)}
        </select>
      </label>
      <label class="check"><input type="checkbox" checked={onlyOpen.value} onChange={(e) => (onlyOpen.value = e.currentTarget.checked)} /> {t("mountain.onlyOpen")}</label>
    </div>
  );
}

// The lifts stand there first; runs and venues follow once they have been drawn, then the map.
function useRest(hasData: boolean): [boolean, Map | null] {
  const [isRest, setRest] = useState(false);
  const [map, setMap] = useState<{ map: Map } | null>(null);
  useEffect(() => {
    if (!hasData) return undefined;
    const timers = [setTimeout(() => setRest(true), 30),
      setTimeout(() => void import("./map").then((m) => setMap({ map: m.default }), () => undefined), 60),
      setTimeout(() => void import("../photos/ofplace").then((m) => (OfPlace.value = { of: m.default }), () => undefined), 90)];
    return () => timers.forEach(clearTimeout);
  }, [hasData]);
  return [isRest, map?.map ?? null];
}

export default function MountainPage() {
  const now = mountain.value;
  const [isRest, LiveMap] = useRest(now !== null);
  useEffect(follow, []);
  if (!now) return failed.value ? <p role="alert">{t("frame.failed")}</p> : <p class="note">{t("frame.loading")}</p>;
  if (isKiosk()) return <Kiosk now={now} map={LiveMap} />;
  const shown = (list: Line[]): Line[] => list.filter((l) => !onlyOpen.value || l.place.state === "open" || l.place.state === "part");
  const runs = (): Line[] => slopeLines(now.runs, resort.value).filter((l) => !difficulty.value || l.place.kind === difficulty.value);
  return (
    <div class="mountain">
      <header>
        <h1><Name of="resort" id="name">{now.name}</Name></h1>
        <p class="note now">{date(now.local.slice(0, 10))}, <strong>{time(now.at_ms, now.zone)}</strong>{now.is_season ? "" : ` · ${t("mountain.note.season")}`}</p>
        <Notice />
      </header>
      <DemoPanel />
      {resort.value && LiveMap && <section class="map" aria-label={t("mountain.map")}><LiveMap now={now} resort={resort.value} /></section>}
      <Filters now={now} />
      <Places what="lifts" lines={shown(linesOf(now.lifts, "lifts"))} now={now} />
      {isRest && <Places what="runs" lines={shown(runs())} now={now} />}
      {isRest && <Places what="venues" lines={shown(linesOf(now.venues, "venues"))} now={now} />}
      <p class="more">
        <button type="button" onClick={() => print()}>{t("mountain.print")}</button>
        <a href={`/api/mountain/map.svg?language=${language.value}`}>{t("mountain.sign")}</a>
        <a href={`/api/mountain/sessions.ics?language=${language.value}`}>{t("mountain.calendar")}</a>
        <a href="/api/mountain/liftie.json">{t("mountain.liftie")}</a>
        <a href="/mountain?kiosk" target="_blank" rel="noopener">{t("mountain.kiosk")}</a>
      </p>
    </div>
  );
}
