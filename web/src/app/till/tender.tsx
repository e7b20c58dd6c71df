// tender.tsx - what is paid: tender by tender, in any currency that has a rate, with the change in another one.
import type { Signal } from "@preact/signals";
import { t, type Key } from "../words";
import { agency, till, type Tender } from "./state";

export const KINDS = ["cash", "card", "bank", "voucher", "invoice"];
export const emptyTender = (currency: string): Tender => ({ tender: "cash", amount: "", currency, change: "", reference: "" });

export function Tenders({ list, home }: { list: Signal<Tender[]>; home: string }) {
  const currencies = till.value?.currencies.map((c) => c.currency) ?? [];
  const set = (i: number, part: Partial<Tender>) => void (list.value = list.value.map((p, k) => (k === i ? { ...p, ...part } : p)));
  return (
    <fieldset class="tenders">
      <legend>{t("till.paid")}</legend>
      {list.value.map((p, i) => (
        <div class="tender" key={i} role="group" aria-label={t("till.tenderNo", { n: i + 1 })}>
          <label>{t("till.tender")}
            <select value={p.tender} name={`tender-${i}`} onChange={(e) => set(i, { tender: e.currentTarget.value })}>
              {KINDS.map((k) => <option key={k} value={k} disabled={k === "invoice" && !agency.value}>{t(`till.tender.${k}` as Key)}</option>)}
            </select>
          </label>
          <label>{t("till.amount")}
            <input name={`amount-${i}`} value={p.amount} inputMode="decimal" autocomplete="off" placeholder={t("till.allDue")} pattern="[0-9]+([.,][0-9]+)?"
              onInput={(e) => set(i, { amount: e.currentTarget.value })} />
          </label>
          <label>{t("till.currency")}
            <select value={p.currency || home} name={`currency-${i}`} onChange={(e) => set(i, { currency: e.currentTarget.value })}>
              {currencies.map((c) => <option key={c} value={c}>{c}</option>)}
            </select>
          </label>
          {p.tender === "cash" && (
            <label>{t("till.changeIn")}
              <select value={p.change} name={`change-${i}`} onChange={(e) => set(i, { change: e.currentTarget.value })}>
                <option value="">{p.currency || home}</option>
                {currencies.filter((c) => c !== (p.currency || home)).map((c) => <option key={c} value={c}>{c}</option>)}
              </select>
            </label>
          )}
          {["card", "bank", "voucher"].includes(p.tender) && (
            <label>{t(p.tender === "voucher" ? "till.voucherCode" : "till.slip")}
              <input name={`reference-${i}`} value={p.reference} autocomplete="off" maxLength={60} required onInput={(e) => set(i, { reference: e.currentTarget.value })} />
            </label>
          )}
          {list.value.length > 1 && (
            <button type="button" onClick={() => void (list.value = list.value.filter((_, k) => k !== i))} aria-label={t("till.removeTender", { n: i + 1 })}>✕</button>
          )}
        </div>
      ))}
      <button type="button" onClick={() => void (list.value = [...list.value, emptyTender(home)])}>{t("till.addTender")}</button>
    </fieldset>
  );
}
