// manage.tsx - all gates, for a manager: how many came in where, and what their logs show together.
import { Fragment, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api-types";
import { call } from "../call";
import { Name } from "../parts/name";
import { shortSpan } from "./signals";
import { on } from "../live";
import { number, t, time, type Key } from "../words";

type Gates = Api["GET /api/gates"]["answer"];
type Findings = Api["GET /api/gates/findings"]["answer"];
type Finding = Findings["findings"][number];

// An entrance that there is no more has neither key nor name.
function Seen({ of, zone }: { of: Finding["first"]; zone: string }) {
  return of ? <>{of.name ? <Name of="entrances" id={of.entrance}>{of.name}</Name> : "?"}, {time(of.at_ms, zone)}</> : null;
}

// A text with elements in the places of some of its values: in an order that is the language's.
function filled(key: Key, values: Record<string, string | number>, elements: Record<string, ComponentChildren>) {
  const marks = Object.fromEntries(Object.keys(elements).map((name) => [name, `\u0001${name}\u0001`]));
  return t(key, { ...values, ...marks }).split("\u0001").map((part, i) => (i % 2 ? <Fragment key={i}>{elements[part]}</Fragment> : part));
}

function What({ of: f, zone }: { of: Finding; zone: string }) {
  const first = <Seen of={f.first} zone={zone} />, second = <Seen of={f.second} zone={zone} />;
  if (f.kind === "twice") return <>{filled("gate.found.twiceText", { after: shortSpan(f.value), least: shortSpan(f.expected) }, { first, second })}</>;
  if (f.kind === "overspent") return <>{filled("gate.found.overspentText", { taken: f.value, has: f.expected }, { at: second })}</>;
  return f.second ? second : first;
}

function Findings({ found, zone }: { found: Findings; zone: string }) {
  if (!found.count) return <p>{t("gate.nothingFound")}</p>;
  return (
    <table class="cards">
      <thead><tr><th>{t("gate.what")}</th><th>{t("gate.where")}</th><th>{t("gate.pass")}</th></tr></thead>
      <tbody>
        {found.findings.map((f, i) => (
          <tr key={i}>
            <td data-label={t("gate.what")}><strong>{t(`gate.found.${f.kind}` as Key)}</strong></td>
            <td data-label={t("gate.where")}><What of={f} zone={zone} /></td>
            <td data-label={t("gate.pass")}>{f.order ? t("gate.ofOrder", { order: String(f.order), n: String(f.position) }) : f.pass || "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Manage() {
  const [gates, setGates] = useState<Gates | null>(null), [found, setFound] = useState<Findings | null>(null), [failed, setFailed] = useState(false);
  useEffect(() => {
    const read = () => Promise.all([call("GET /api/gates", {}), call("GET /api/gates/findings", {})])
      .then(([g, f]) => (setGates(g), setFound(f), setFailed(false)), () => setFailed(true));
    let waits: ReturnType<typeof setTimeout> | undefined;
    void read();
    const end = on("gates", () => (waits ??= setTimeout(() => ((waits = undefined), void read()), 1000)));
    return () => (clearTimeout(waits), end());
  }, []);
  if (failed && !gates) return <p role="alert">{t("frame.failed")}</p>;
  if (!gates || !found) return <p class="note">{t("frame.loading")}</p>;
  const busy = gates.entrances.filter((e) => e.today || e.refused);
  return (
    <>
      <h1>{t("gate.all")}</h1>
      <p><a class="button" href="/gate">{t("gate.here")}</a></p>
      <section>
        <h2>{t("gate.foundTitle")}</h2>
        <Findings found={found} zone={gates.zone} />
      </section>
      <section>
        <h2>{t("gate.gates")}</h2>
        {gates.gates.length === 0 ? <p>{t("gate.noGates")}</p> : (
          <table class="cards">
            <thead><tr><th>{t("gate.name")}</th><th class="number">{t("gate.today")}</th><th class="number">{t("gate.recent")}</th><th class="number">{t("gate.refused")}</th><th>{t("gate.lastSeen")}</th></tr></thead>
            <tbody>
              {gates.gates.map((g) => (
                <tr key={g.gate}>
                  <td data-label={t("gate.name")}>{g.name} <span class="note">{t("gate.number", { n: String(g.gate) })}</span></td>
                  <td data-label={t("gate.today")} class="number">{number(g.today)}</td>
                  <td data-label={t("gate.recent")} class="number">{number(g.recent)}</td>
                  <td data-label={t("gate.refused")} class="number">{number(g.refused)}</td>
                  <td data-label={t("gate.lastSeen")}>{g.last_ms ? time(g.last_ms, gates.zone) : "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {busy.length > 0 && (
        <section>
          <h2>{t("gate.entrances")}</h2>
          <table class="cards">
            <thead><tr><th>{t("gate.entrance")}</th><th class="number">{t("gate.today")}</th><th class="number">{t("gate.recent")}</th><th class="number">{t("gate.refused")}</th></tr></thead>
            <tbody>
              {busy.map((e) => (
                <tr key={e.entrance}>
                  <td data-label={t("gate.entrance")}><Name of="entrances" id={e.entrance}>{e.name}</Name></td>
                  <td data-label={t("gate.today")} class="number">{number(e.today)}</td>
                  <td data-label={t("gate.recent")} class="number">{number(e.recent)}</td>
                  <td data-label={t("gate.refused")} class="number">{number(e.refused)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}
