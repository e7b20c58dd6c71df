// draw.tsx - the draft's map, and drawing a lift or a run on it: with a pointer, with the keyboard, or by choosing places.
//
// What is drawn becomes changes like any other: places where none were, and the lift or run with its length and rise,
// measured along the line. Heights are those that the resort knows nearby; they are said to be assumed.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { SvgMap, fitOf } from "../../components/SvgMap";
import { useWidth } from "../../components/use";
import { viewOf } from "../../data";
import { drawnOf, looksAt } from "../../mapmodel";
import { said } from "../../say";
import { dark } from "../../state";
import type { Point, Resort } from "../../types";
import { call } from "../call";
import { withNames } from "../names";
import { number, t } from "../words";
import type { Caller } from "./called";
import type { Kept, Update } from "./editor";
import { useSaying } from "./saying";
import { typed } from "./schema";
import { slug, why, type Change, type Draft, type DrawnLine } from "./state";
import css from "../../components/style.css?inside=.report";

export function useReportLook(): void {
  useEffect(() => {
    if (document.getElementById("report-look")) return;
    const style = document.createElement("style");
    style.id = "report-look";
    style.textContent = css;
    document.head.append(style);
  }, []);
}

type Node = { at: Point; place?: string }; // a place that is there, or a free point
const NEAR_PX = 16, STEP_PX = 12;

// ---- what becomes of a line ------------------------------------------------------------------------------------------------

type Measured = { length_dm: number; rise_dm: number; is_known: boolean; far_m: number; points: { height_dm: number }[] };
const ASSUMED = "assumed: heights of what the resort knows nearby";

function degrees(resort: Resort, [x, y]: Point): { lon_e7: number; lat_e7: number } {
  const o = resort.origin!;
  return { lon_e7: Math.round((o.lon_deg + x / o.m_per_lon_deg) * 1e7), lat_e7: Math.round((o.lat_deg + y / o.m_per_lat_deg) * 1e7) };
}

function update(kind: "lift" | "run", name: string, nodes: Node[], resort: Resort, draft: Draft, measured: Measured): { key: string; update: Update } {
  const taken = (group: string) => (k: string) => ((draft.document[group] ?? []) as { key: string }[]).some((e) => e.key === k) || draft.changes.some((c) => c.path === `${group}.${k}`);
  const key = slug(name, `new-${kind}`, taken(`${kind}s`)), made: Change[] = [];
  const points = nodes.map((n, i) => ({ ...degrees(resort, n.at), height_dm: measured.points[i].height_dm }));
  const end = (i: number): string => {
    if (nodes[i].place) return nodes[i].place!;
    const place = slug(`${key}-${i ? (kind === "lift" ? "top" : "end") : kind === "lift" ? "foot" : "start"}`, "place", taken("places")), path = `places.${place}`;
    made.push({ path, value: "{}" }, { path: `${path}.kind`, value: kind === "lift" ? "station" : "junction" },
      { path: `${path}.at`, value: `[${(points[i].lon_e7 / 1e7).toFixed(7)}, ${(points[i].lat_e7 / 1e7).toFixed(7)}]` },
      { path: `${path}.height`, value: `${points[i].height_dm / 10} m` }, { path: `${path}.basis`, value: `{height: "${ASSUMED}"}` });
    return place;
  };
  const from = end(0), to = end(nodes.length - 1), path = `${kind}s.${key}`;
  const rise = (kind === "lift" ? 1 : -1) * measured.rise_dm / 10;
  const numbers: [string, string][] = kind === "lift"
    ? [["type", "chair-lift"], ["seats", "4"], ["interval", "6 s"], ["speed", "2.3 m/s"]]
    : [["difficulty", "easy"], ["width", "30 m"]];
  made.push({ path, value: "{}" }, { path: `${path}.name`, value: typed("text", name) }, { path: `${path}.from`, value: from }, { path: `${path}.to`, value: to },
    ...numbers.map(([k, value]) => ({ path: `${path}.${k}`, value })), { path: `${path}.length`, value: `${measured.length_dm / 10} m` }, { path: `${path}.vertical`, value: `${rise} m` },
    { path: `${path}.basis`, value: `{${numbers.map(([k]) => `${k}: "assumed: usual, to be chosen"`).join(", ")}, length: "${ASSUMED}", vertical: "${ASSUMED}"}` });
  const line: DrawnLine = { kind, key, points };
  return { key, update: (d: Kept) => ({ changes: [...d.changes, ...made], lines: [...d.lines, line] }) };
}

// ---- the map -----------------------------------------------------------------------------------------------------------------

function Canvas({ resort, nodes, add, undo, is }: { resort: Resort; nodes: Node[]; add: (n: Node) => void; undo: () => void; is: "lift" | "run" | null }) {
  const [box, width] = useWidth<HTMLDivElement>(700);
  const view = useMemo(() => viewOf(resort, null), [resort]);
  const drawn = useMemo(() => drawnOf(view), [view]);
  const looks = useMemo(() => looksAt(view, 0, "difficulty", dark.value), [view, dark.value, said.value]);
  const fit = useMemo(() => fitOf(drawn, width, resort.schematic), [drawn, width, resort]);
  const [cross, setCross] = useState<Point | null>(null); // of the keyboard, in px
  const places = useMemo(() => resort.places.filter((p) => p.at).map((p) => ({ ...p, px: fit.at(p.at!) })), [resort, fit]);
  const nearest = (px: Point) => places.map((p) => ({ p, d: Math.hypot(p.px[0] - px[0], p.px[1] - px[1]) })).sort((a, b) => a.d - b.d)[0];
  const take = (px: Point) => {
    const near = nearest(px);
    add(near && near.d <= NEAR_PX ? { at: near.p.at!, place: near.p.key } : { at: fit.back(px) });
  };
  const point = (e: PointerEvent) => {
    const rect = (e.currentTarget as Element).getBoundingClientRect(), scale = fit.width / rect.width;
    take([(e.clientX - rect.left) * scale, (e.clientY - rect.top) * scale]);
  };
  const press = (e: KeyboardEvent) => {
    const step = e.shiftKey ? 2 : STEP_PX, [x, y] = cross ?? [fit.width / 2, fit.height / 2];
    const moves: Record<string, Point> = { ArrowLeft: [x - step, y], ArrowRight: [x + step, y], ArrowUp: [x, y - step], ArrowDown: [x, y + step] };
    if (moves[e.key]) setCross([Math.min(fit.width, Math.max(0, moves[e.key][0])), Math.min(fit.height, Math.max(0, moves[e.key][1]))]);
    else if (e.key === "Enter" || e.key === " ") take([x, y]);
    else if (e.key === "Backspace") undo();
    else return;
    e.preventDefault();
  };
  const near = cross && nearest(cross);
  const line = nodes.map((n) => fit.at(n.at));
  return (
    <div class="report canvas" ref={box}>
      <div class="sheet">
        <SvgMap view={view} drawn={drawn} looks={looks} width={width} label={t("plan.mapOf", { name: resort.name })} />
        {is && (
          <svg class="over" viewBox={`0 0 ${fit.width} ${fit.height}`} tabIndex={0} role="application" aria-label={t("plan.drawHere")} aria-describedby="draw-help"
            onPointerDown={point} onKeyDown={press} onFocus={() => setCross(cross ?? [fit.width / 2, fit.height / 2])} onBlur={() => setCross(null)}>
            {places.map((p) => <circle class="place" cx={p.px[0]} cy={p.px[1]} r={6} key={p.key}><title>{p.name || p.key}</title></circle>)}
            <polyline class={`new ${is}`} points={line.map((p) => p.map((v) => v.toFixed(1)).join(",")).join(" ")} />
            {line.map((p, i) => <circle class="node" cx={p[0]} cy={p[1]} r={6} key={i} />)}
            {cross && <path class="cross" d={`M${cross[0] - 14} ${cross[1]}h28M${cross[0]} ${cross[1] - 14}v28`} />}
          </svg>
        )}
      </div>
      <p class="unseen" aria-live="polite">{cross && near ? (near.d <= NEAR_PX ? near.p.name || near.p.key : t("plan.nearTo", { place: near.p.name || near.p.key, n: Math.round(Math.hypot(...(fit.back(cross).map((v, i) => v - near.p.at![i]) as Point))) })) : ""}</p>
    </div>
  );
}

function Ends({ resort, nodes, setEnd }: { resort: Resort; nodes: Node[]; setEnd: (last: boolean, place: string) => void }) {
  const places = resort.places.filter((p) => p.at);
  const one = (last: boolean, label: string) => {
    const node = last ? (nodes.length > 1 ? nodes[nodes.length - 1] : undefined) : nodes[0];
    return (
      <label>{label}
        <select value={node ? node.place ?? "*" : ""} onChange={(e) => setEnd(last, e.currentTarget.value)} disabled={last && nodes.length === 0}>
          <option value="" disabled>–</option>
          {node && !node.place && <option value="*">{t("plan.newPlace")}</option>}
          {places.map((p) => <option value={p.key} key={p.key}>{p.name || p.key}</option>)}
        </select>
      </label>
    );
  };
  return <div class="row">{one(false, t("plan.from"))}{one(true, t("plan.to"))}</div>;
}

export function Draw({ draft, name, caller, save, onDrawn }: { draft: Draft; name: string; caller: Caller; save: (u: Update) => void; onDrawn: (group: string, key: string) => void }) {
  useReportLook();
  useSaying();
  const [resort, setResort] = useState<Resort | null>(null);
  const [is, setIs] = useState<"lift" | "run" | null>(null);
  const [nodes, setNodes] = useState<Node[]>([]);
  const [title, setTitle] = useState("");
  const [measured, setMeasured] = useState<Measured | null>(null);
  const [failed, setFailed] = useState("");
  const asked = useRef(0);
  // A draft that cannot be loaded has no map of its own: the one that was shown last stays.
  useEffect(() => {
    const of = draft.is_valid ? name : resort ? null : "today";
    if (of) void call("GET /api/plan/drafts/{draft}/map", {}, { draft: of }).then((r) => setResort(r as Resort), (error) => setFailed(why(error)));
  }, [draft.revision, name]);
  useEffect(() => {
    const mine = ++asked.current;
    setMeasured(null);
    if (resort?.origin && nodes.length > 1)
      void call("POST /api/plan/measure", { points: nodes.map((n) => degrees(resort, n.at)) }).then((m) => mine === asked.current && setMeasured(m), (error) => setFailed(why(error)));
  }, [nodes]);
  const shown = useMemo(() => resort && withNames(resort, true, (kind, key, of) => caller(kind, key, of).text), [resort, caller]);
  if (!resort || !shown) return failed ? <p role="alert">{failed}</p> : <p class="note">{t("frame.loading")}</p>;
  const begin = (kind: "lift" | "run") => { setIs(is === kind ? null : kind); setNodes([]); setTitle(""); };
  const setEnd = (last: boolean, key: string) => {
    const place = resort.places.find((p) => p.key === key)!, node: Node = { at: place.at!, place: key };
    setNodes(last ? [...(nodes.length > 1 ? nodes.slice(0, -1) : nodes), node] : [node, ...nodes.slice(1)]);
  };
  // A lift is straight: the second point is its end.
  const add = (node: Node) => setNodes(is === "lift" && nodes.length > 1 ? [nodes[0], node] : [...nodes, node]);
  const finish = (e: SubmitEvent) => {
    e.preventDefault();
    const made = update(is!, title.trim() || t(is === "lift" ? "plan.newLift" : "plan.newRun"), nodes, resort, draft, measured!);
    save(made.update);
    const group = `${is!}s`;
    setIs(null);
    setNodes([]);
    setTitle("");
    onDrawn(group, made.key);
  };
  return (
    <>
      {resort.schematic || !resort.origin ? <p class="note">{t("plan.schematic")}</p> : (
        <div class="row tools-of-map">
          <button type="button" aria-pressed={is === "lift"} onClick={() => begin("lift")}>{t("plan.drawLift")}</button>
          <button type="button" aria-pressed={is === "run"} onClick={() => begin("run")}>{t("plan.drawRun")}</button>
        </div>
      )}
      {is && (
        <form class="drawing" onSubmit={finish}>
          <p class="note" id="draw-help">{t(is === "lift" ? "plan.drawLiftHelp" : "plan.drawRunHelp")}</p>
          <Ends resort={shown} nodes={nodes} setEnd={setEnd} />
          <div class="row">
            <label>{t("plan.name")}<input value={title} onInput={(e) => setTitle(e.currentTarget.value)} maxLength={100} required /></label>
            <button type="button" disabled={!nodes.length} onClick={() => setNodes(nodes.slice(0, -1))}>{t("plan.undo")}</button>
            <button type="submit" class="main" disabled={!measured}>{t("plan.takeOver")}</button>
          </div>
          <p aria-live="polite" class="measured">
            {measured && (measured.is_known
              ? t("plan.measured", { length: number(Math.round(measured.length_dm / 10)), rise: number(Math.round(Math.abs(measured.rise_dm) / 10)), far: number(measured.far_m) })
              : t("plan.noHeights", { length: number(Math.round(measured.length_dm / 10)) }))}
            {measured && (is === "lift" ? measured.rise_dm < 0 : measured.rise_dm > 0) && <strong class="wrong"> {t(is === "lift" ? "plan.goesDown" : "plan.goesUp")}</strong>}
          </p>
        </form>
      )}
      {failed && <p role="alert">{failed}</p>}
      <Canvas resort={shown} nodes={nodes} add={add} undo={() => setNodes(nodes.slice(0, -1))} is={is} />
      {!draft.is_valid && <p class="note">{t("plan.mapBefore")}</p>}
    </>
  );
}
