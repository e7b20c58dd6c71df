// tables.tsx - lifts, runs and venues: the same that the map shows, in words and numbers.
import type { ComponentChildren, ComponentType } from "preact";
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { has } from "../session";
import { Name } from "../parts/name";
import { t, type Key } from "../words";
import { BoardForm } from "./board";
import type { Mountain, Place } from "./state";
import type { Line } from "./slopes";
import { SIGNS, ageText, crowdText, kindText, noteText, peopleText, sourceText, stateText, waitText, type What } from "./words";

type Column = { title: Key; isNumber?: boolean; of: (place: Place) => ComponentChildren };
export const OfPlace = signal<{ of: ComponentType<{ places: string[]; columns: number }> } | null>(null); // its photographs, once there is time for them

export function State({ place }: { place: Place }) {
  return <span class={`state ${place.state}`}><span aria-hidden="true">{SIGNS[place.state] ?? "○"}</span> {stateText(place.state)}</span>;
}

const open = (place: Place, text: string): string => (place.state === "open" || place.state === "part" || place.state === "hold" ? text : "–");
const wait: Column = { title: "mountain.wait", isNumber: true, of: (p) => open(p, waitText(p.wait_s)) };
const expected: Column = { title: "mountain.expected", isNumber: true, of: (p) => open(p, waitText(p.expected_s)) };
const crowding: Column = { title: "mountain.crowding", isNumber: true, of: (p) => crowdText(p.crowd_percent) };
const people = (title: Key): Column => ({ title, isNumber: true, of: (p) => peopleText(p.people) });
const COLUMNS: Record<What, Column[]> = {
  lifts: [wait, expected, people("mountain.inLine")],
  runs: [people("mountain.onIt"), crowding],
  venues: [wait, people("mountain.there"), crowding],
};

// A line; of a slope with its sections below it, where each of them is changed: slopes share them.
function Row({ line, what, columns, now, isPart = false }: { line: Line; what: What; columns: Column[]; now: Mountain; isPart?: boolean }) {
  const [isChanging, setChanging] = useState(false);
  const mayChange = has("manager", "gate");
  const [isOpened, setOpened] = useState(false);
  const { place, name, parts } = line, isSlope = parts.length > 0;
  const Photos = OfPlace.value?.of;
  const said = ageText(now, place.said_ms), measured = ageText(now, place.measured_ms);
  return (
    <>
      <tr role="row" data-key={isSlope ? undefined : place.key} data-slope={isSlope ? place.key : undefined} class={isPart ? "part" : undefined}>
        <th role="rowheader" scope="row">
          <div>
            <span class="name">{isPart || !place.name ? name : <Name of={isSlope ? "slopes" : what} id={place.key}>{place.name}</Name>}</span> <span class="note">{kindText(place.kind)}</span>
          </div>
          {isSlope && <button type="button" class="parts" aria-expanded={isOpened} aria-label={t("mountain.partsOf", { name, n: parts.length })} onClick={() => setOpened(!isOpened)}>{t("mountain.parts", { n: parts.length })}</button>}
        </th>
        <td role="cell" data-label={t("mountain.state")}><span><State place={place} />{place.note && <> <span class="note">{noteText(place.note)}</span></>}</span></td>
        {columns.map((c) => <td role="cell" key={c.title} class={c.isNumber ? "number" : undefined} data-label={t(c.title)}>{c.of(place)}</td>)}
        <td role="cell" data-label={t("mountain.hours")} class="hours">{place.hours.replace(/-/g, "–") || t("mountain.allDay")}</td>
        <td role="cell" data-label={t("mountain.source")} class="note source">{sourceText(place)}{said && ` · ${said}`}{measured && <span class="age"> · {t("mountain.measured", { age: measured })}</span>}</td>
        {mayChange && (
          <td role="cell" class="change">
            {!isSlope && <button type="button" aria-expanded={isChanging} aria-label={t("mountain.changeOf", { name })} onClick={() => setChanging(!isChanging)}>{t("mountain.change")}</button>}
          </td>
        )}
      </tr>
      {Photos && !isPart && <Photos places={isSlope ? parts.map((p) => p.place.key) : [place.key]} columns={columns.length + (mayChange ? 5 : 4)} />}
      {isChanging && <tr role="row" class="form"><td role="cell" colSpan={columns.length + 5}><BoardForm place={place} name={name} done={() => setChanging(false)} /></td></tr>}
      {isOpened && parts.map((part) => <Row key={part.place.key} line={part} what={what} columns={columns} now={now} isPart />)}
    </>
  );
}

export function Places({ what, lines, now }: { what: What; lines: Line[]; now: Mountain }) {
  const columns = COLUMNS[what], title = t(`mountain.${what}` as Key);
  const opened = lines.filter((l) => l.place.state === "open").length;
  return (
    <section aria-labelledby={`${what}-title`}>
      <h2 id={`${what}-title`}>{title} <span class="note">{t("mountain.openOf", { open: opened, n: lines.length })}</span></h2>
      {lines.length === 0 ? <p class="note">{t("mountain.nothing")}</p> : (
        <table role="table" class="places" aria-labelledby={`${what}-title`}>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">{t("mountain.name")}</th>
              <th role="columnheader" scope="col">{t("mountain.state")}</th>
              {columns.map((c) => <th role="columnheader" scope="col" class={c.isNumber ? "number" : undefined} key={c.title}>{t(c.title)}</th>)}
              <th role="columnheader" scope="col">{t("mountain.hours")}</th>
              <th role="columnheader" scope="col">{t("mountain.source")}</th>
              {has("manager", "gate") && <th role="columnheader" scope="col"><span class="unseen">{t("mountain.change")}</span></th>}
            </tr>
          </thead>
          <tbody role="rowgroup">{lines.map((l) => <Row key={`${l.place.key} ${l.parts.length}`} line={l} what={what} columns={columns} now={now} />)}</tbody>
        </table>
      )}
    </section>
  );
}
