// change.tsx - positions of an order are cancelled, moved, or not used: what goes back is told before, and at which rate.
import { useSignal, type Signal } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { langOf } from "../names";
import { amount, minorOf, rate } from "../parts/amount";
import { needsTwo, refundsOf, type Receipt } from "../parts/receipt";
import { day, t, type Key } from "../words";
import { act } from "./act";
import { Keyed } from "./keys";
import { done, show } from "./orders";
import { drawer, messageOf, paymentsOf, till, type Tender } from "./state";
import { Tenders, emptyTender } from "./tender";

type Props = { at: Receipt; chosen: number[]; failed: Signal<string> };

function Back({ at, chosen, fee, isTwo }: { at: Receipt; chosen: Receipt["positions"]; fee: string; isTwo: boolean }) {
  const feeMinor = fee ? Math.round(minorOf(`${fee.replace(",", ".")} x`) * 10 ** ((at.total.split(" ")[0].split(".")[1] ?? "").length - (fee.split(/[.,]/)[1] ?? "").length)) : 0;
  const refunds = refundsOf(at, chosen, feeMinor, till.value!.roundings);
  return (
    <div class="back" aria-live="polite" data-back={refunds.map((r) => r.given).join()}>
      <h4>{t("till.goesBack")}</h4>
      {!refunds.length && <p>{t("till.nothingBack")}</p>}
      <ul class="plain">
        {refunds.map((r, i) => (
          <li key={i}><span><strong>{amount(r.given)}</strong> ({t(`till.tender.${r.payment.tender}` as Key)})
            {r.payment.rate && r.payment.rate_date && <span class="note"> {t("book.paid.rate", { for: amount(r.for), rate: rate(Number(r.payment.rate.split("/")[0]), Number(r.payment.rate.split("/")[1])), date: day(r.payment.rate_date), source: r.payment.source ?? "" })}</span>}</span></li>
        ))}
      </ul>
      {isTwo && <p class="hold">{t("till.needsTwo")}</p>}
    </div>
  );
}

export function Changes({ at, chosen, failed }: Props) {
  const [isBusy, setBusy] = useState(false), [keep, setKeep] = useState(""), [to, setTo] = useState({ product: "", class: "", date: "", time: "" });
  const busy = useRef(false), tenders = useSignal<Tender[]>([emptyTender(at.currency)]), isSold = at.state === "sold";
  const live = at.positions.filter((p) => p.state === "live"), mine = live.filter((p) => chosen.includes(p.position));
  const positions = chosen.map((position) => ({ position })), all = live.length === mine.length, isTwo = needsTwo(at, mine, till.value!.two_above.map((l) => l.amount));
  const run = async (route: Parameters<typeof act>[0], fields: Record<string, unknown>) => {
    if (busy.current) return;
    busy.current = true;
    setBusy(true);
    failed.value = "";
    try {
      done.value = await act(route, { order: at.order, ...fields });
      await show(at.order);
    } catch (error) {
      failed.value = messageOf(error);
    }
    busy.current = false;
    setBusy(false);
  };
  const product = to.product || mine[0]?.product || "";
  const classes = till.value!.classes.filter((c) => till.value!.prices.some((p) => p.product === product && p.class === c.class));
  return (
    <fieldset disabled={isBusy} class="change">
      <legend>{t("till.changeChosen", { n: chosen.length })}</legend>
      <div class="pair">
        <label>{t("till.fee")} ({at.currency})<input name="keep" value={keep} inputMode="decimal" pattern="[0-9]+([.,][0-9]+)?" onInput={(e) => setKeep(e.currentTarget.value)} /></label>
      </div>
      <Back at={at} chosen={mine} fee={/^\d+([.,]\d+)?$/.test(keep) ? keep : ""} isTwo={isTwo} />
      <div class="row">
        <Keyed k="r" onClick={() => void run("POST /api/desk/cancel", { ...(all ? {} : { positions }), drawer: drawer.value, ...(keep ? { keep: `${keep.replace(",", ".")} ${at.currency}` } : {}) })}>{t(isTwo ? "till.propose" : "till.cancel")}</Keyed>
        {isSold && <Keyed k="n" onClick={() => void run("POST /api/desk/cancel", { positions, no_show: true })}>{t("till.noShow")}</Keyed>}
      </div>
      <div class="pair">
        <label>{t("till.toProduct")}
          <select name="to-product" value={product} onChange={(e) => setTo({ ...to, product: e.currentTarget.value, class: "" })}>{till.value!.products.map((p) => <option key={p.product} value={p.product} lang={langOf("products", p.product)}>{p.name}</option>)}</select>
        </label>
        <label>{t("till.class")}
          <select name="to-class" value={to.class} onChange={(e) => setTo({ ...to, class: e.currentTarget.value })}><option value="">–</option>{classes.map((c) => <option key={c.class} value={c.class} lang={langOf("classes", c.class)}>{c.name}</option>)}</select>
        </label>
        <label>{t("till.date")}<input type="date" name="to-date" value={to.date || till.value!.day} min={till.value!.day} onInput={(e) => setTo({ ...to, date: e.currentTarget.value })} /></label>
        <label>{t("till.time")}<input type="time" name="to-time" value={to.time} onInput={(e) => setTo({ ...to, time: e.currentTarget.value })} /></label>
      </div>
      {isSold && <Tenders list={tenders} home={at.currency} />}
      <Keyed k="m" onClick={() => void run("POST /api/desk/move", {
        positions, drawer: drawer.value, to: { product, ...(to.class ? { class: to.class } : {}), date: to.date || till.value!.day, ...(to.time ? { time: to.time } : {}), count: positions.length },
        ...(tenders.value.some((p) => p.amount) ? { payments: paymentsOf(tenders.value.map((p) => ({ ...p, currency: p.currency || at.currency }))) } : {}) })}>{t("till.move")}</Keyed>
    </fieldset>
  );
}
