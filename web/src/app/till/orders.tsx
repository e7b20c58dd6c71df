// orders.tsx - an order that is there: found by its number or by a pass, paid, partly cancelled, moved; its passes.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../call";
import { t, type Key } from "../words";
import { once, type Answer } from "./once";
import { Passes, Payments } from "./paper";
import { Tenders, emptyTender } from "./tender";
import { drawer, messageOf, nameOf, paymentsOf, shown, till, type Tender } from "./state";

type Position = { position: number; product: string; class: string; date: string; time?: string; price: string; state: string };
type Order = { order: number; state: string; total?: string; due?: string; positions: Position[] };
export const order = signal<Order | null>(null);
const failed = signal("");
const done = signal<Answer | null>(null);
const chosen = signal<ReadonlySet<number>>(new Set());
const tenders = signal<Tender[]>([]);

async function show(number: number): Promise<void> {
  order.value = (await call("POST /api/desk/show", { order: number } as never)) as unknown as Order;
  chosen.value = new Set();
  tenders.value = [emptyTender(order.value.due?.split(" ")[1] ?? "")];
}

// An order's number, or the code of one of its passes.
export async function find(text: string): Promise<void> {
  [failed.value, done.value, order.value] = ["", null, null];
  try {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : (await call("GET /api/passes", { token: text } as never)).order;
    await show(number);
  } catch (error) {
    failed.value = messageOf(error);
  }
}

function Find() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form class="find" onSubmit={(e) => (e.preventDefault(), void find(field.current!.value.trim()))}>
      <label>{t("till.find")}<input ref={field} name="find" autocomplete="off" required maxLength={200} /></label>
      <button type="submit" class="main">{t("till.show")}</button>
    </form>
  );
}

function Changes({ at }: { at: Order }) {
  const [isBusy, setBusy] = useState(false), [keep, setKeep] = useState(""), [to, setTo] = useState({ product: "", class: "", date: "", time: "" });
  const busy = useRef(false), home = at.total?.split(" ")[1] ?? "USD";
  const isPayable = at.state === "held" || at.state === "reserved", live = at.positions.filter((p) => p.state === "live");
  const all = live.length === chosen.value.size, positions = [...chosen.value].sort((a, b) => a - b).map((position) => ({ position }));
  const act = async (route: Parameters<typeof once>[0], fields: Record<string, unknown>) => {
    if (busy.current) return;
    busy.current = true;
    setBusy(true);
    failed.value = "";
    try {
      const answer = await once(route, { order: at.order, ...fields });
      done.value = answer;
      if (answer.status !== "proposed") await show(at.order);
    } catch (error) {
      failed.value = messageOf(error);
    }
    busy.current = false;
    setBusy(false);
  };
  const product = to.product || live.find((p) => chosen.value.has(p.position))?.product || "";
  const classes = till.value!.classes.filter((c) => till.value!.prices.some((p) => p.product === product && p.class === c.class));
  return (
    <>
      {isPayable && (
        <form onSubmit={(e) => (e.preventDefault(), void act("POST /api/desk/pay", { payments: paymentsOf(tenders.value.map((p) => ({ ...p, currency: p.currency || home }))) }))}>
          <h3>{t("till.payRest")}</h3>
          <Tenders list={tenders} home={home} />
          <button type="submit" class="main" disabled={isBusy}>{t("till.pay")} · {shown(at.due!)}</button>
        </form>
      )}
      {chosen.value.size > 0 && (
        <fieldset disabled={isBusy} class="change">
          <legend>{t("till.changeChosen", { n: chosen.value.size })}</legend>
          <div class="pair">
            <label>{t("till.fee")} ({home})<input name="keep" value={keep} inputMode="decimal" pattern="[0-9]+([.,][0-9]+)?" onInput={(e) => setKeep(e.currentTarget.value)} /></label>
          </div>
          <div class="row">
            <button type="button" onClick={() => void act("POST /api/desk/cancel", { ...(all ? {} : { positions }), drawer: drawer.value, ...(keep ? { keep: `${keep.replace(",", ".")} ${home}` } : {}) })}>{t("till.cancel")}</button>
            <button type="button" onClick={() => void act("POST /api/desk/cancel", { positions, no_show: true })}>{t("till.noShow")}</button>
          </div>
          <div class="pair">
            <label>{t("till.toProduct")}
              <select name="to-product" value={product} onChange={(e) => setTo({ ...to, product: e.currentTarget.value, class: "" })}>{till.value!.products.map((p) => <option key={p.product} value={p.product}>{p.name}</option>)}</select>
            </label>
            <label>{t("till.class")}
              <select name="to-class" value={to.class} onChange={(e) => setTo({ ...to, class: e.currentTarget.value })}><option value="">–</option>{classes.map((c) => <option key={c.class} value={c.class}>{c.name}</option>)}</select>
            </label>
            <label>{t("till.date")}<input type="date" name="to-date" value={to.date || till.value!.day} min={till.value!.day} onInput={(e) => setTo({ ...to, date: e.currentTarget.value })} /></label>
            <label>{t("till.time")}<input type="time" name="to-time" value={to.time} onInput={(e) => setTo({ ...to, time: e.currentTarget.value })} /></label>
          </div>
          {!isPayable && <Tenders list={tenders} home={home} />}
          <button type="button" onClick={() => void act("POST /api/desk/move", {
            positions, drawer: drawer.value, to: { product, ...(to.class ? { class: to.class } : {}), date: to.date || till.value!.day, ...(to.time ? { time: to.time } : {}), count: positions.length },
            ...(tenders.value.some((p) => p.amount) ? { payments: paymentsOf(tenders.value.map((p) => ({ ...p, currency: p.currency || home }))) } : {}) })}>{t("till.move")}</button>
        </fieldset>
      )}
    </>
  );
}

export function Orders() {
  const at = order.value, [withPasses, setPasses] = useState(false);
  useEffect(() => setPasses(false), [at?.order]);
  const toggle = (n: number) => {
    const next = new Set(chosen.value);
    if (!next.delete(n)) next.add(n);
    chosen.value = next;
  };
  return (
    <section>
      <h2>{t("till.orders")}</h2>
      <Find />
      <p role="alert">{failed.value}</p>
      {done.value && (
        <div role="status" class="done">
          {done.value.status === "proposed" ? <p>{t("till.proposed", { n: String(done.value.proposal) })}</p> : <><p class="open">✓ {t("till.isDone")}</p><Payments answer={done.value} /></>}
        </div>
      )}
      {at && (
        <div class="order" data-order={at.order} data-state={at.state}>
          <h3>{t("till.orderNo", { order: String(at.order) })} · {t(`till.state.${at.state}` as Key)}</h3>
          <p>{at.total && <>{t("till.total")}: <strong>{shown(at.total)}</strong> · {t("till.due")}: <strong>{shown(at.due!)}</strong></>}</p>
          <ul class="positions">
            {at.positions.map((p) => (
              <li key={p.position}>
                <label class="check">
                  <input type="checkbox" name={`position-${p.position}`} disabled={p.state !== "live"} checked={chosen.value.has(p.position)} onChange={() => toggle(p.position)} />
                  <span>{p.position}. {nameOf(till.value?.products, p.product, "product")}, {nameOf(till.value?.classes, p.class, "class")} · {p.date} {p.time} · {shown(p.price)}
                    {p.state !== "live" && <em> ({t("till.state.ended")})</em>}</span>
                </label>
              </li>
            ))}
          </ul>
          <Changes at={at} />
          {at.state === "sold" && (
            <div class="paper">
              <div class="row">
                <button type="button" aria-expanded={withPasses} onClick={() => setPasses(!withPasses)}>{t("till.passes")}</button>
                {withPasses && <button type="button" onClick={() => window.print()}>{t("till.print")}</button>}
              </div>
              {withPasses && <Passes order={at.order} key={JSON.stringify(at.positions)} />}
            </div>
          )}
        </div>
      )}
    </section>
  );
}
