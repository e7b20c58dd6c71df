// GlMap.tsx - the trail map with MapLibre GL, drawn from the resort's own lines: no tiles, no fonts, no network.
//
// MapLibre stands in a report's page as text, and beside the server's pages as a file that the page names (see build.mjs);
// it is run when the first map is drawn. Glyphs are drawn by the browser itself where a style names no source for them. Colours follow the time through feature states, so that a step
// of the slider sends no geometry.
import { useEffect, useRef, useState } from "preact/hooks";
import type * as MapLibre from "maplibre-gl";
import type { Feature, FeatureCollection } from "geojson";
import type { View } from "../data";
import type { Point } from "../types";
import type { Drawn, Look } from "../mapmodel";
import { DIFFICULTIES, runLook } from "../scales";

type Library = typeof MapLibre;

const here = window as unknown as { maplibregl?: Library };

function loaded(element: HTMLScriptElement | HTMLLinkElement): Promise<void> {
  return new Promise((done, fail) => {
    element.onload = () => done();
    element.onerror = () => fail(new Error("MapLibre cannot be loaded"));
    document.head.append(element);
  });
}

async function library(): Promise<Library> {
  if (here.maplibregl) return here.maplibregl;
  const carried = document.getElementById("maplibre")!, script = document.createElement("script");
  if (carried instanceof HTMLMetaElement) {
    const [code, style] = carried.content.split(" "), link = document.createElement("link");
    script.src = code;
    link.rel = "stylesheet";
    link.href = style;
    await Promise.all([loaded(script), loaded(link)]);
  } else {
    script.textContent = carried.textContent;
    document.head.append(script);
  }
  return here.maplibregl!;
}

// Whether the page carries the library, and the browser can run it.
export function hasWebGl(): boolean {
  if (!document.getElementById("maplibre")) return false;
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext(); // browsers allow only so many at a time
    return context !== null;
  } catch {
    return false;
  }
}

// ---- the resort as GeoJSON ----------------------------------------------------------------------------------------

type Project = (p: Point) => [number, number];

function projection(view: View): Project {
  const o = view.resort.origin!;
  return ([x, y]) => [o.lon_deg + x / o.m_per_lon_deg, o.lat_deg + y / o.m_per_lat_deg];
}

const collection = (features: Feature[]): FeatureCollection => ({ type: "FeatureCollection", features });

function lineFeatures(view: View, drawn: Drawn[], project: Project): FeatureCollection {
  return collection(
    drawn.map((d) => ({
      type: "Feature",
      properties: { id: `${d.kind}:${d.key}`, kind: d.kind, name: d.name, surface: d.surface, difficulty: d.kind === "run" ? view.runs.get(d.key)!.difficulty : "" },
      geometry: { type: "LineString", coordinates: d.line.map(project) },
    })),
  );
}

function tipFeatures(drawn: Drawn[], project: Project): FeatureCollection {
  return collection(
    drawn.flatMap((d) => {
      if (d.kind !== "lift") return [];
      const tip = d.line[d.line.length - 1];
      const from = [...d.line].reverse().find((p) => Math.hypot(p[0] - tip[0], p[1] - tip[1]) > 5);
      if (!from) return [];
      const bearing = (Math.atan2(tip[0] - from[0], tip[1] - from[1]) * 180) / Math.PI;
      return [{ type: "Feature" as const, properties: { bearing }, geometry: { type: "Point" as const, coordinates: project(tip) } }];
    }),
  );
}

function venueFeatures(view: View, project: Project): FeatureCollection {
  const at = new Map<string, string[]>();
  for (const venue of view.resort.venues) if (venue.place) at.set(venue.place, [...(at.get(venue.place) ?? []), venue.name]);
  return collection(
    view.resort.places.flatMap((place) => {
      const names = at.get(place.key);
      if (!names || !place.at) return [];
      return [{ type: "Feature" as const, properties: { count: String(names.length), text: `${place.name}: ${names.join(", ")}` }, geometry: { type: "Point" as const, coordinates: project(place.at) } }];
    }),
  );
}

function walkFeatures(view: View, project: Project): FeatureCollection {
  return collection(view.resort.walks.flatMap((line) => (line ? [{ type: "Feature" as const, properties: {}, geometry: { type: "LineString" as const, coordinates: line.map(project) } }] : [])));
}

// ---- the style ----------------------------------------------------------------------------------------------------

interface Inks {
  ground: string;
  ink: string;
  halo: string;
  faint: string;
  venue: string;
}
const inksOf = (dark: boolean): Inks =>
  dark
    ? { ground: "#101820", ink: "#e6edf3", halo: "#101820", faint: "#66727f", venue: "#9db7d4" }
    : { ground: "#f4f8fb", ink: "#14181d", halo: "#ffffff", faint: "#8a95a1", venue: "#35506b" };

const FONT = ["system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, Noto Sans CJK KR, sans-serif"];
const COLOUR: MapLibre.ExpressionSpecification = ["coalesce", ["feature-state", "colour"], "#9aa5b1"];
const WIDTH: MapLibre.ExpressionSpecification = ["coalesce", ["feature-state", "width"], 3];

function layersOf(inks: Inks): MapLibre.LayerSpecification[] {
  const round = { "line-join": "round", "line-cap": "round" } as const, butt = { "line-join": "round", "line-cap": "butt" } as const;
  const text = (size: number, place: "line-center" | "point") => ({ "text-font": FONT, "text-size": size, "symbol-placement": place, "text-padding": 3, "text-max-angle": 40 });
  return [
    { id: "ground", type: "background", paint: { "background-color": inks.ground } },
    { id: "walks", type: "line", source: "walks", paint: { "line-color": inks.faint, "line-width": 1.3, "line-dasharray": [1.5, 2.5] } },
    { id: "runs-under", type: "line", source: "ways", filter: ["==", ["get", "kind"], "run"], layout: round, paint: { "line-color": inks.halo, "line-width": ["+", WIDTH, 3], "line-opacity": 0.9 } },
    ...DIFFICULTIES.map((difficulty): MapLibre.LayerSpecification => ({
      id: `runs-${difficulty}`, type: "line", source: "ways", layout: difficulty === "novice" ? round : butt,
      filter: ["all", ["==", ["get", "kind"], "run"], ["==", ["get", "difficulty"], difficulty]],
      paint: { "line-color": COLOUR, "line-width": WIDTH },
    })),
    { id: "runs-twin", type: "line", source: "ways", layout: { ...butt, visibility: "none" }, filter: ["in", ["get", "difficulty"], ["literal", ["advanced", "expert"]]], paint: { "line-color": inks.halo, "line-width": 1.8 } },
    { id: "lifts-case", type: "line", source: "ways", filter: ["==", ["get", "kind"], "lift"], layout: butt, paint: { "line-color": inks.ink, "line-width": ["+", WIDTH, 2.2] } },
    { id: "lifts", type: "line", source: "ways", filter: ["==", ["get", "kind"], "lift"], layout: butt, paint: { "line-color": COLOUR, "line-width": WIDTH } },
    { id: "lifts-surface", type: "line", source: "ways", filter: ["all", ["==", ["get", "kind"], "lift"], ["get", "surface"]], layout: butt, paint: { "line-color": inks.ink, "line-width": 1.2, "line-dasharray": [3, 3] } },
    { id: "tips", type: "symbol", source: "tips", layout: { "icon-image": "tip", "icon-rotate": ["get", "bearing"], "icon-rotation-alignment": "map", "icon-allow-overlap": true, "icon-ignore-placement": true }, paint: { "icon-color": inks.ink } },
    { id: "venues", type: "circle", source: "venues", paint: { "circle-radius": 9, "circle-color": inks.venue, "circle-stroke-color": inks.halo, "circle-stroke-width": 1.5 } },
    { id: "venue-counts", type: "symbol", source: "venues", layout: { ...text(11, "point"), "text-field": ["get", "count"], "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-color": inks.halo } },
    { id: "run-names", type: "symbol", source: "ways", filter: ["all", ["==", ["get", "kind"], "run"], ["!=", ["get", "name"], ""]], layout: { ...text(12, "line-center"), "text-field": ["get", "name"], "text-offset": [0, -0.9] }, paint: { "text-color": inks.ink, "text-halo-color": inks.halo, "text-halo-width": 1.6 } },
    { id: "lift-names", type: "symbol", source: "ways", filter: ["==", ["get", "kind"], "lift"], layout: { ...text(14, "line-center"), "text-field": ["get", "name"], "text-offset": [0, 1] }, paint: { "text-color": inks.ink, "text-halo-color": inks.halo, "text-halo-width": 2 } },
  ];
}

function paintInks(map: MapLibre.Map, inks: Inks): void {
  map.setPaintProperty("ground", "background-color", inks.ground);
  map.setPaintProperty("walks", "line-color", inks.faint);
  for (const id of ["runs-under", "runs-twin"]) map.setPaintProperty(id, "line-color", inks.halo);
  for (const id of ["lifts-case", "lifts-surface"]) map.setPaintProperty(id, "line-color", inks.ink);
  map.setPaintProperty("tips", "icon-color", inks.ink);
  map.setPaintProperty("venues", "circle-color", inks.venue);
  map.setPaintProperty("venues", "circle-stroke-color", inks.halo);
  map.setPaintProperty("venue-counts", "text-color", inks.halo);
  for (const id of ["run-names", "lift-names"]) {
    map.setPaintProperty(id, "text-color", inks.ink);
    map.setPaintProperty(id, "text-halo-color", inks.halo);
  }
}

// An arrow head that points north, as a mask: its colour comes from the style.
function tipImage(): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  const context = canvas.getContext("2d")!;
  context.beginPath();
  context.moveTo(16, 15);
  context.lineTo(27, 32);
  context.lineTo(5, 32);
  context.fill();
  return context.getImageData(0, 0, 32, 32);
}

// ---- the map ------------------------------------------------------------------------------------------------------

function createMap(gl: Library, view: View, drawn: Drawn[], container: HTMLElement, inks: Inks, label: string, looks: () => Map<string, Look>): MapLibre.Map {
  const project = projection(view);
  const points = drawn.flatMap((d) => d.line.map(project));
  const bounds = points.reduce((b, p) => b.extend(p), new gl.LngLatBounds(points[0], points[0]));
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new gl.Map({
    container, bounds, fitBoundsOptions: { padding: 40 }, attributionControl: false, cooperativeGestures: true, maxPitch: 0,
    fadeDuration: still ? 0 : 200, renderWorldCopies: false, refreshExpiredTiles: false, minZoom: 9, maxZoom: 20,
    locale: { "Map.Title": label },
    style: {
      version: 8,
      sources: {
        ways: { type: "geojson", data: lineFeatures(view, drawn, project), promoteId: "id", tolerance: 0.1 },
        tips: { type: "geojson", data: tipFeatures(drawn, project) },
        venues: { type: "geojson", data: venueFeatures(view, project) },
        walks: { type: "geojson", data: walkFeatures(view, project) },
      },
      layers: layersOf(inks),
    },
  });
  map.addImage("tip", tipImage(), { sdf: true, pixelRatio: 2 });
  map.addControl(new gl.NavigationControl({ visualizePitch: false }), "top-right");
  map.addControl(new gl.ScaleControl({ maxWidth: 120 }), "bottom-left");
  const popup = new gl.Popup({ closeButton: false, closeOnClick: false, maxWidth: "260px" });
  map.on("mousemove", (event) => {
    const found = map.getLayer("lifts-case") ? map.queryRenderedFeatures([[event.point.x - 3, event.point.y - 3], [event.point.x + 3, event.point.y + 3]], { layers: ["venues", "lifts-case", "runs-under"] })[0] : undefined;
    const text = found?.properties.text ?? looks().get(String(found?.properties.id))?.text;
    if (text) popup.setLngLat(event.lngLat).setText(text).addTo(map);
    else popup.remove();
  });
  map.on("mouseout", () => popup.remove());
  return map;
}

interface Props {
  view: View;
  drawn: Drawn[];
  looks: Map<string, Look>;
  dashed: boolean; // runs show their difficulty
  dark: boolean;
  label: string;
  onFail: () => void;
}

export function GlMap({ view, drawn, looks, dashed, dark, label, onFail }: Props) {
  const container = useRef<HTMLDivElement>(null);
  const current = useRef(looks);
  const [map, setMap] = useState<MapLibre.Map | null>(null);
  current.current = looks;
  useEffect(() => {
    let made: MapLibre.Map | null = null, isGone = false;
    library().then((gl) => {
      if (isGone) return;
      made = createMap(gl, view, drawn, container.current!, inksOf(dark), label, () => current.current);
      made.once("load", () => setMap(made));
      made.on("webglcontextlost", onFail);
    }).catch(onFail);
    return () => {
      isGone = true;
      made?.remove();
      setMap(null);
    };
  }, [view, drawn]);
  useEffect(() => {
    if (map) for (const [id, look] of looks) map.setFeatureState({ source: "ways", id }, { colour: look.colour, width: look.width });
  }, [map, looks]);
  useEffect(() => {
    if (map) paintInks(map, inksOf(dark));
  }, [map, dark]);
  useEffect(() => {
    if (!map) return;
    map.setLayoutProperty("runs-twin", "visibility", dashed ? "visible" : "none");
    for (const difficulty of DIFFICULTIES) {
      const dash = dashed ? runLook(view.resort.convention, difficulty).dash : [];
      map.setPaintProperty(`runs-${difficulty}`, "line-dasharray", dash.length ? dash : undefined);
    }
  }, [map, dashed]);
  return <div class="gl-map" ref={container} data-ready={map ? "yes" : "no"} />;
}
