// TrailMap.tsx - the trail map: MapLibre where it can, SVG where it cannot and on paper.
import { useMemo, useState } from "preact/hooks";
import type { View } from "../data";
import { drawnOf, looksAt } from "../mapmodel";
import { bin, dark, shows } from "../state";
import { GlMap, hasWebGl } from "./GlMap";
import { Legend } from "./Legend";
import { SvgMap } from "./SvgMap";
import { useWidth } from "./use";
import { say } from "../say";

export function TrailMap({ view }: { view: View }) {
  const [box, width] = useWidth<HTMLDivElement>(700);
  const [failed, setFailed] = useState(false);
  const drawn = useMemo(() => drawnOf(view), [view]);
  const able = useMemo(() => !view.resort.schematic && hasWebGl(), [view]);
  const by = view.day ? shows.value : "difficulty";
  const looks = useMemo(() => looksAt(view, bin.value, by, dark.value), [view, bin.value, by, dark.value]);
  const label = view.resort.schematic
    ? say("Schematic drawing of {name}: heights are to scale, distances are not", { name: view.resort.name })
    : say("Trail map of {name}, north is up", { name: view.resort.name });
  const gl = able && !failed;
  if (drawn.length === 0) return <p>{say("This resort's folder holds nothing that a map could show.")}</p>;
  return (
    <div class="trail-map" ref={box} data-drawn-with={gl ? "gl" : "svg"}>
      {gl && <div class="screen-only"><GlMap view={view} drawn={drawn} looks={looks} dashed={by === "difficulty"} dark={dark.value} label={say("Trail map of {name}, north is up", { name: view.resort.name })} onFail={() => setFailed(true)} /></div>}
      <div class={gl ? "print-only" : undefined}>
        <SvgMap view={view} drawn={drawn} looks={looks} width={gl ? 700 : width} label={label} />
      </div>
      {view.resort.schematic && <p class="note">{say("Drawn from heights and connections: heights are to scale, distances are not.")}</p>}
      <Legend resort={view.resort} withDay={view.day !== null} shows={by} dark={dark.value} />
      {view.resort.attribution && <p class="note">{view.resort.attribution}</p>}
    </div>
  );
}
