// sale.tsx - a sale on one screen: what is sold, who it is for, what it costs and why, what is paid.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../call";
import { langOf } from "../names";
import { amount } from "../parts/amount";
import { Holder } from "../parts/holder";
import { reasonsOf } from "../parts/reasons";
import { go } from "../router";
import { t } from "../words";
import { act } from "./act";
import { Keyed } from "./keys";
import { find } from "./orders";
import { Paper, paper } from "./paper";
import { Products } from "./products";
import { Tenders, emptyTender } from "./tender";
import { agency, drawer, isDrawerOpen, lines, messageOf, nameOf, needsOf, offer, orderFields, paymentsOf, readTill, till, voucher, type Line, type Quote, type Tender } from "./state";

const quote = signal<Quote | null>(null);
const refusal = signal("");
const tenders = signal<Tender[]>([]);
const inOther = signal(""); // the total in the currency of the last tender
export const CHARGE_KEYS = ["b", "v"]; // by which of the providers
const HOLDERS_MAX = 50; // as the server takes at once
let asked = 0;

export function add(product: string): void {
  const classes = till.value!.prices.filter((p) => p.product === product).map((p) => p.class);
  const first = ["abroad", "anyone"].find((c) => classes.includes(c)) ?? classes[0] ?? "";
  const alike = lines.value.findIndex((l) => l.product === product && l.class === first && l.age === "" && !l.time && !l.date);
  lines.value = alike >= 0 ? lines.value.map((l, i) => (i === alike ? { ...l, count: l.count + 1 } : l))
    : [...lines.value, { product, class: first, age: "", count: 1, date: "", time: "", holders: [] }];
}

export function clear(): void {
  [lines.value, voucher.value, agency.value, offer.value, quote.value, refusal.value, tenders.value] = [[], "", "", 0, null, "", []];
}

async function ask(): Promise<void> {
  const mine = ++asked;
  if (!lines.value.length) {
    [quote.value, refusal.value, inOther.value] = [null, "", ""];
    return;
  }
  try {
    const found = (await call("POST /api/desk/quote", orderFields(false) as never)) as unknown as Quote;
    if (mine !== asked) return;
    [quote.value, refusal.value] = [found, ""];
    const home = found.total.split(" ")[1], other = tenders.value.map((x) => x.currency).reverse().find((c) => c && c !== home);
    const told = other ? ((await call("POST /api/desk/quote", { ...orderFields(false), currency: other } as never)) as unknown as Quote).total : "";
    if (mine === asked) inOther.value = told;
  } catch (error) {
    if (mine === asked) [quote.value, refusal.value] = [null, messageOf(error)];
  }
}

function LineRow({ line, i }: { line: Line; i: number }) {
  const told = till.value!, name = nameOf(told.products, line.product, "product");
  const classes = told.classes.filter((c) => told.prices.some((p) => p.product === line.product && p.class === c.class));
  const set = (part: Partial<Line>) => void (lines.value = lines.value.map((l, k) => (k === i ? { ...l, ...part } : l)));
  const isSession = told.products.find((p) => p.product === line.product)?.is_session === 1;
  return (
    <li><div class="line" role="group" aria-label={name}>
      <strong>{name}</strong>
      <label>{t("till.count")}<input type="number" name={`count-${i}`} min={1} max={10000} value={line.count} onInput={(e) => set({ count: Math.max(1, Math.floor(Number(e.currentTarget.value)) || 1) })} /></label>
      <label>{t("till.class")}
        <select name={`class-${i}`} value={line.class} disabled={line.age !== ""} onChange={(e) => set({ class: e.currentTarget.value })}>
          <option value="">{t("till.byGroup")}</option>
          {classes.map((c) => <option key={c.class} value={c.class} lang={langOf("classes", c.class)}>{c.name}</option>)}
        </select>
      </label>
      <label>{t("till.age")}<input type="number" name={`age-${i}`} min={0} max={130} value={line.age} placeholder="–" onInput={(e) => set({ age: e.currentTarget.value })} /></label>
      <label>{t("till.date")}<input type="date" name={`date-${i}`} value={line.date || told.day} min={told.day} onInput={(e) => set({ date: e.currentTarget.value === told.day ? "" : e.currentTarget.value })} /></label>
      {isSession && <label>{t("till.time")}<input type="time" name={`time-${i}`} value={line.time} required onInput={(e) => set({ time: e.currentTarget.value })} /></label>}
      <button type="button" onClick={() => void (lines.value = lines.value.filter((_, k) => k !== i))} aria-label={t("till.remove", { what: name })}>✕</button>
    </div>
      {Array.from({ length: Math.min(line.count, HOLDERS_MAX) }, (_, k) => needsOf(line.product).map((need) => (
        <Holder key={`${k} ${need.purpose}`} what={`${name} ${k + 1}`} need={need} set={(data) => {
          const holders = [...(lines.value[i]?.holders ?? [])];
          holders[k] = [...(holders[k] ?? []).filter((x) => x.purpose !== need.purpose), { purpose: need.purpose, data }];
          set({ holders });
        }} />
      )))}
    </li>
  );
}

function Price() {
  const q = quote.value;
  return (
    <div aria-live="polite" class="price">
      {refusal.value && <p role="alert">{refusal.value}</p>}
      {q && (
        <table>
          <caption class="unseen">{t("till.why")}</caption>
          <thead><tr><th>{t("till.what")}</th><th class="number">{t("till.count")}</th><th class="number">{t("till.each")}</th><th class="number">{t("till.amount")}</th></tr></thead>
          <tbody>
            {q.lines.map((l, i) => (
              <tr key={i}>
                <td>{nameOf(till.value?.products, l.product, "product")}, {nameOf(till.value?.classes, l.class, "class")}<br /><span class="note">{l.when} · {reasonsOf(l).join(" · ")}</span></td>
                <td class="number">{l.count}</td><td class="number">{amount(l.each)}</td><td class="number">{amount(l.amount)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot><tr><th colSpan={3}>{t("till.total")}</th><td class="number total" data-total={q.total}>{amount(q.total)}{inOther.value && <span class="note"> = {amount(inOther.value)}</span>}</td></tr></tfoot>
        </table>
      )}
    </div>
  );
}

export function Sale() {
  const [isBusy, setBusy] = useState(false), [failed, setFailed] = useState("");
  const busy = useRef(false), home = quote.value?.total.split(" ")[1] ?? "USD";
  const currencies = tenders.value.map((x) => x.currency).join();
  useEffect(() => {
    const timer = setTimeout(() => void ask(), 120);
    return () => clearTimeout(timer);
  }, [lines.value, voucher.value, agency.value, currencies]);
  if (lines.value.length && !tenders.value.length) tenders.value = [emptyTender("")];
  // Paid with the tenders; held; or held and then charged by a provider.
  const order = async (how: "paid" | "held" | "charged", provider?: string) => {
    if (busy.current) return; // the second click of two
    busy.current = true;
    setBusy(true);
    setFailed("");
    try {
      const payments = paymentsOf(tenders.value.map((p) => ({ ...p, currency: p.currency || home })));
      const answer = await act("POST /api/till/orders", { ...orderFields(true), ...(offer.value ? { offer: offer.value } : {}), ...(how === "paid" ? { payments } : {}) }, provider);
      if (!provider) paper.value = { answer, quote: quote.value };
      clear();
      if (provider) go(`/till/orders/${answer.order}?charge=${provider}`);
      void readTill();
    } catch (error) {
      setFailed(messageOf(error));
    }
    busy.current = false;
    setBusy(false);
  };
  return (
    <div class="sale">
      <Products add={add} scanned={(text) => void find(text)} />
      <section class="cart">
        <h2>{t("till.sale")}</h2>
        {!lines.value.length && <p class="note">{t("till.empty")}</p>}
        {lines.value.length > 0 && (
          <form onSubmit={(e) => (e.preventDefault(), void order("paid"))}>
            {offer.value > 0 && <p class="note">{t("till.forOffer", { order: String(offer.value) })}</p>}
            <ul class="lines">{lines.value.map((line, i) => <LineRow key={i} line={line} i={i} />)}</ul>
            <div class="pair">
              <label>{t("till.discount")}<input name="voucher" value={voucher.value} autocomplete="off" autocapitalize="none" onInput={(e) => void (voucher.value = e.currentTarget.value.trim().toLowerCase())} /></label>
              {till.value!.agencies.length > 0 && (
                <label>{t("till.agency")}
                  <select name="agency" value={agency.value} onChange={(e) => void (agency.value = e.currentTarget.value)}>
                    <option value="">–</option>
                    {till.value!.agencies.map((a) => <option key={a.agency} value={a.agency}>{a.name}</option>)}
                  </select>
                </label>
              )}
            </div>
            <Price />
            <Tenders list={tenders} home={home} />
            {!isDrawerOpen.value && <p class="hold">{t("till.drawerIsClosed", { drawer: drawer.value })}</p>}
            <p role="alert">{failed}</p>
            <div class="row">
              <Keyed k="p" type="submit" class="main" disabled={isBusy || !quote.value}>{t("till.sell")}{quote.value && ` · ${amount(quote.value.total)}`}</Keyed>
              {till.value!.providers.map((p, i) => (
                <Keyed key={p.provider} k={CHARGE_KEYS[i] ?? ""} disabled={isBusy || !quote.value} onClick={(e) => e.currentTarget.form!.reportValidity() && void order("charged", p.provider)}>{t("book.pay.by", { name: p.provider })}</Keyed>
              ))}
              <Keyed k="h" disabled={isBusy || !quote.value} onClick={(e) => e.currentTarget.form!.reportValidity() && void order("held")}>{t("till.hold")}</Keyed>
              <Keyed k="x" disabled={isBusy} onClick={clear}>{t("till.clear")}</Keyed>
            </div>
          </form>
        )}
        <Paper />
      </section>
    </div>
  );
}
