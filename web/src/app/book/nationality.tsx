// nationality.tsx - from where the party comes, who may come when, and the day on which that changes.
import { useEffect, useMemo, useState } from "preact/hooks";
import { call } from "../call";
import { named } from "../names";
import { day as dayText, language, t } from "../words";
import { nationality } from "./store";

// Codes that are no nationality: unions, islands without citizens of their own, codes that are reserved.
const NOT = "AC AN AQ BV CP CQ CS DD DG EA EU EZ FX HM IC IO NT QO SU TA TF TP UM UN XA XB YD YU ZZ BU DY HV NH RH VD YD GS CX CC NF SJ".split(" ");

export function useCountries(): [string, string][] {
  return useMemo(() => {
    const names = new Intl.DisplayNames([language.value], { type: "region" }), list: [string, string][] = [];
    for (let a = 65; a <= 90; a++)
      for (let b = 65; b <= 90; b++) {
        const code = String.fromCharCode(a, b), name = names.of(code);
        if (name && name !== code && !NOT.includes(code) && (a !== 88 || code === "XK")) list.push([code, name]);
      }
    return list.sort((x, y) => x[1].localeCompare(y[1], language.value));
  }, [language.value]);
}

const NO_RULE = "no rule says otherwise"; // what the desk says by itself (src/desk/catalogue.c)
export type May = { may: boolean; reason: string; changes?: string };

export function useMay(code: string, day: string): May | null {
  const [may, setMay] = useState<May | null>(null);
  useEffect(() => {
    let over = false;
    setMay(null);
    if (code && day)
      call("GET /api/shop/may", { nationality: code, date: day }).then((a) => { if (!over) setMay(a); }, () => undefined);
    return () => void (over = true);
  }, [code, day]);
  return may;
}

export function Answer({ may, day }: { may: May; day: string }) {
  return (
    <div class={may.may ? "may yes" : "may no"} role="status">
      <p><b>{may.may ? t("book.may.yes", { date: dayText(day) }) : t("book.may.no", { date: dayText(day) })}</b></p>
      <p>{t("book.may.because", { why: may.reason === NO_RULE ? t("book.may.noRule") : named("reasons", may.reason, may.reason) })}</p>
      <p class="note">{may.changes ? t("book.may.changes", { date: dayText(may.changes) }) : t("book.may.stays")}</p>
    </div>
  );
}

export function Nationality({ day }: { day: string }) {
  const countries = useCountries(), may = useMay(nationality.value, day);
  return (
    <div class="nationality">
      <label>{t("book.nationality")}
        <select value={nationality.value} onChange={(e) => (nationality.value = e.currentTarget.value)}>
          <option value="">{t("book.nationality.none")}</option>
          {countries.map(([code, name]) => <option key={code} value={code}>{name}</option>)}
        </select>
      </label>
      {may && (!may.may || may.changes) && <Answer may={may} day={day} />}
    </div>
  );
}
