// kiosk.tsx - for a screen on the wall: large, without controls, one page after the other.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Resort } from "../../types";
import { Name } from "../parts/name";
import { t, time, type Key } from "../words";
import { Notice } from "./notice";
import { linesOf, slopeLines } from "./slopes";
import { resort, type Mountain } from "./state";
import { State } from "./tables";
import { noteText, waitText } from "./words";

const ROWS = 8, TURN_MS = 12000;
type Map = ComponentType<{ now: Mountain; resort: Resort; plain?: boolean }>;

export function Kiosk({ now, map: LiveMap }: { now: Mountain; map: Map | null }) {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((n) => n + 1), TURN_MS);
    return () => clearInterval(timer);
  }, []);
  const lists = (["lifts", "runs", "venues"] as const).flatMap((what) => {
    const lines = what === "runs" ? slopeLines(now.runs, resort.value) : linesOf(now[what], what), pages = [];
    for (let i = 0; i < lines.length; i += ROWS) pages.push({ what, lines: lines.slice(i, i + ROWS) });
    return pages;
  });
  const count = lists.length + (LiveMap && resort.value ? 1 : 0), at = count ? turn % count : 0, page = lists[at];
  return (
    <div class="kiosk">
      <header><h1><Name of="resort" id="name">{now.name}</Name></h1><p>{time(now.at_ms, now.zone)}</p></header>
      <Notice />
      {page ? (
        <>
          <h2>{t(`mountain.${page.what}` as Key)}</h2>
          <table>
            <tbody>
              {page.lines.map(({ place: p, parts }) => (
                <tr key={`${p.key} ${parts.length}`} data-key={p.key}>
                  <th scope="row">{p.name ? <Name of={parts.length ? "slopes" : page.what} id={p.key}>{p.name}</Name> : p.key}</th>
                  <td><State place={p} />{p.note ? ` · ${noteText(p.note)}` : ""}</td>
                  <td class="number">{p.state === "open" && p.wait_s !== undefined ? waitText(p.wait_s) : ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      ) : LiveMap && resort.value && <LiveMap now={now} resort={resort.value} plain />}
      <p class="page" aria-hidden="true">{at + 1}/{count}</p>
    </div>
  );
}
