// ccc.tsx - a sheet of carrying capacity: the lifts' own, and beside it what else limits the day.
import { say } from "../../say";
import { number, t } from "../words";
import type { Caller } from "./called";
import { Named } from "../parts/name";
import { saidIn, sayMade } from "./saying";

export type Ccc = {
  ccc: number | null; error: number | null; binding: string | null; days: number;
  lifts: { key: string; name: string; adjusted_pph: number | null; supply_m: number | null; demand_m: number | null; ccc: number | null; remark: string }[];
  limits: { kind: string; key: string; name: string; unit: string; capacity: number | null; guests: number | null; unknown: string }[];
};

const whole = (value: number | null): string => (value === null ? "–" : number(Math.round(value)));

function Made({ children }: { children: string }) {
  const { text, lang } = sayMade(children);
  return <span lang={lang}>{text}</span>;
}

export function CccResult({ sheet, caller }: { sheet: Ccc; caller: Caller }) {
  return (
    <>
      <section aria-labelledby="ccc-title">
        <h2 id="ccc-title">{t("plan.kind.ccc")}</h2>
        <p class="big">{t("plan.skiers", { n: Math.round(sheet.ccc ?? 0) })}</p>
        <div class="scroll" role="group" tabIndex={0} aria-labelledby="ccc-title">
          <table>
            <thead><tr><th scope="col">{t("plan.limit")}</th><th scope="col" class="number">{t("plan.capacityOf")}</th><th scope="col" class="number">{t("plan.guestsADay")}</th></tr></thead>
            <tbody>{sheet.limits.map((l) => <tr key={l.key} class={l.key === sheet.binding ? "binds" : undefined}><th scope="row"><span lang={saidIn(l.name)}>{say(l.name)}</span>{l.key === sheet.binding ? ` (${t("plan.binds")})` : ""}</th><td class="number">{l.capacity === null ? <Made>{l.unknown || "–"}</Made> : <>{whole(l.capacity)} <span lang={saidIn(l.unit)}>{say(l.unit)}</span></>}</td><td class="number">{whole(l.guests)}</td></tr>)}</tbody>
          </table>
        </div>
      </section>
      <section aria-labelledby="ccc-lifts-title">
        <h2 id="ccc-lifts-title">{t("plan.group.lifts")}</h2>
        <div class="scroll" role="group" tabIndex={0} aria-labelledby="ccc-lifts-title">
          <table>
            <thead><tr><th scope="col">{t("plan.lift")}</th><th scope="col" class="number">{t("plan.pph")}</th><th scope="col" class="number">{t("plan.supply")}</th><th scope="col" class="number">{t("plan.demand")}</th><th scope="col" class="number">{t("plan.ccc")}</th></tr></thead>
            <tbody>{sheet.lifts.map((l) => <tr key={l.key}><th scope="row"><Named {...caller("lifts", l.key, l.name)} />{l.remark && <span class="note"> <Made>{l.remark}</Made></span>}</th><td class="number">{whole(l.adjusted_pph)}</td><td class="number">{whole(l.supply_m)}</td><td class="number">{whole(l.demand_m)}</td><td class="number">{whole(l.ccc)}</td></tr>)}</tbody>
          </table>
        </div>
      </section>
    </>
  );
}
