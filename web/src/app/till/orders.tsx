// orders.tsx - orders that are there: found by number, by the code that a guest has from Book, by a pass; what stands of one,
// paying what is due, signing for who holds it, its passes. /till/orders/12: a reload shows the same one.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../api-types";
import { call } from "../call";
import { amount, rate } from "../parts/amount";
import { Charging, useDue } from "../parts/charge";
import { Name } from "../parts/name";
import type { Receipt } from "../parts/receipt";
import { Sign } from "../parts/sign";
import { go } from "../router";
import { date, day, t, type Key } from "../words";
import { act, type Answer } from "./act";
import { Changes } from "./change";
import { Keyed } from "./keys";
import { Passes, Payments } from "./paper";
import { Proposals } from "./proposals";
import { drawer, messageOf, paymentsOf, till, type Tender } from "./state";
import { Tenders, emptyTender } from "./tender";

type Voucher = NonNullable<Api["POST /api/till/find"]["answer"]["voucher"]>;
export const order = signal<Receipt | null>(null);
export const done = signal<Answer | null>(null);
const voucher = signal<Voucher | null>(null);
const failed = signal("");
const tenders = signal<Tender[]>([]);

export async function show(number: number): Promise<void> {
  try {
    const read = (await call("POST /api/desk/receipt", { order: number } as never)) as unknown as Receipt;
    if (order.value?.order !== number) [done.value, tenders.value] = [null, [emptyTender(read.currency)]];
    order.value = read;
    failed.value = "";
  } catch (error) {
    if (order.value?.order !== number) order.value = null;
    failed.value = messageOf(error);
  }
}

// What was typed or scanned, whatever it is.
export async function find(text: string): Promise<void> {
  [failed.value, voucher.value] = ["", null];
  try {
    const found = await call("POST /api/till/find", { text: text.trim() });
    voucher.value = found.voucher ?? null;
    if (found.order) {
      go(`/till/orders/${found.order}`);
      await show(found.order);
    } else {
      order.value = null;
      go("/till/orders");
    }
  } catch (error) {
    order.value = null;
    failed.value = messageOf(error);
  }
}

function Find() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form class="find" onSubmit={(e) => (e.preventDefault(), void find(field.current!.value))}>
      <label><span>{t("till.find")} <kbd aria-hidden="true">f</kbd></span><input ref={field} name="find" data-key="f" autocomplete="off" autocapitalize="none" spellcheck={false} required maxLength={300} /></label>
      <button type="submit" class="main">{t("till.show")}</button>
    </form>
  );
}

function VoucherCard({ of }: { of: Voucher }) {
  return (
    <div class="order" data-voucher={of.code} role="status">
      <h3>{t(of.kind === "gift" ? "till.tender.voucher" : "till.discount")}: {of.code}</h3>
      {of.left && <p>{t("till.giftLeft")}: <strong>{amount(of.left)}</strong>{of.amount && of.amount !== of.left ? ` (${t("till.giftOf", { amount: amount(of.amount) })})` : ""}</p>}
      {of.until && <p class="note">{t("till.until", { time: day(of.until) })}</p>}
    </div>
  );
}

function Pay({ at }: { at: Receipt }) {
  const [isBusy, setBusy] = useState(false), { isDue, isOpen } = useDue(at, "tab");
  const begin = new URLSearchParams(location.search).get("charge") ?? undefined;
  useEffect(() => {
    if (begin) history.replaceState(null, "", location.pathname); // once
  }, []);
  const run = async (route: Parameters<typeof act>[0], fields: Record<string, unknown>) => {
    if (isBusy) return;
    setBusy(true);
    try {
      done.value = await act(route, { order: at.order, ...fields });
      await show(at.order);
    } catch (error) {
      failed.value = messageOf(error);
    }
    setBusy(false);
  };
  if (!isDue && !isOpen) return null;
  return (
    <section class="due">
      <h3>{t(isOpen ? "till.chargeOpen" : "till.payRest")}{isDue && !isOpen && <> · {amount(at.due)}</>}</h3>
      <Charging key={at.order} receipt={at} providers={till.value!.providers.map((p) => p.provider)} where="tab" look={() => show(at.order)} whyNot={messageOf} begin={begin} keys={["b", "v"]}
        send={(provider, key) => call("POST /api/desk/charge", { order: at.order, provider, wait_s: 2, key } as never)}
        instead={isDue && <p class="note">{t("till.chargeOther")}</p>} />
      {isDue && (
        <form onSubmit={(e) => (e.preventDefault(), void run("POST /api/desk/pay", { payments: paymentsOf(tenders.value.map((p) => ({ ...p, currency: p.currency || at.currency }))) }))}>
          <Tenders list={tenders} home={at.currency} />
          <div class="row">
            <Keyed k="p" type="submit" class={isOpen ? "" : "main"} disabled={isBusy}>{t("till.pay")} · {amount(at.due)}</Keyed>
            <Keyed k="x" disabled={isBusy} onClick={() => void run("POST /api/desk/cancel", { drawer: drawer.value })}>{t("till.giveUp")}</Keyed>
          </div>
        </form>
      )}
    </section>
  );
}

function Paid({ at }: { at: Receipt }) {
  return (
    <ul class="plain paid">
      {at.payments.map((p, i) => (
        <li key={i}><span>{t(`till.tender.${p.tender}` as Key)}: <strong>{amount(p.amount)}</strong>
          {p.rate && p.rate_date && <span class="note"> {t("book.paid.rate", { for: amount(p.for), rate: rate(Number(p.rate.split("/")[0]), Number(p.rate.split("/")[1])), date: day(p.rate_date), source: p.source ?? "" })}</span>}
          {/[1-9]/.test(p.returned.split(" ")[0]) && <> · {t("till.back")}: {amount(p.returned)}</>}</span></li>
      ))}
    </ul>
  );
}

export function Orders({ rest }: { rest: string }) {
  const number = Number(rest) || 0, at = order.value?.order === number ? order.value : null;
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set()), [isOpen, setOpen] = useState(false), wasDue = useRef(false);
  useEffect(() => {
    setChosen(new Set());
    setOpen(false);
    wasDue.current = false;
    if (number) voucher.value = null;
    if (number && !at) void show(number);
  }, [number]);
  useEffect(() => { // paid before our eyes: here are the passes
    if (at?.state === "held" || at?.state === "reserved") wasDue.current = true;
    else if (at?.state === "sold" && wasDue.current) setOpen(true);
    setChosen((before) => new Set([...before].filter((n) => at?.positions.some((p) => p.position === n && p.state === "live"))));
  }, [at]);
  const toggle = (n: number) => setChosen((before) => {
    const next = new Set(before);
    if (!next.delete(n)) next.add(n);
    return next;
  });
  const live = at?.positions.filter((p) => p.state === "live") ?? [];
  return (
    <section>
      <h2>{t("till.orders")}</h2>
      <Find />
      <p role="alert">{failed.value}</p>
      {voucher.value && <VoucherCard of={voucher.value} />}
      {at && done.value && done.value.status !== "proposed" && <div role="status" class="done"><p class="open">✓ {t("till.isDone")}</p><Payments answer={done.value} /></div>}
      {at && (
        <div class="order" data-order={at.order} data-state={at.state}>
          <h3>{t("till.orderNo", { order: String(at.order) })} · {t(`till.state.${at.state}` as Key)}</h3>
          <p>{t("till.total")}: <strong>{amount(at.total)}</strong>{at.due !== at.total || at.state !== "ended" ? <> · {t("till.due")}: <strong>{amount(at.state === "ended" ? at.due.replace(/[1-9]/g, "0") : at.due)}</strong></> : null}</p>
          <Paid at={at} />
          <Pay at={at} key={`pay-${at.order}`} />
          <Proposals order={at.order} seen={done.value} look={() => show(at.order)} />
          <h4>{t("till.positions")} {live.length > 1 && <Keyed k="a" onClick={() => setChosen(new Set(chosen.size === live.length ? [] : live.map((p) => p.position)))}>{t("till.all")}</Keyed>}</h4>
          <ul class="positions">
            {at.positions.map((p) => (
              <li key={p.position}>
                <label class="check">
                  <input type="checkbox" name={`position-${p.position}`} disabled={p.state !== "live"} checked={chosen.has(p.position)} onChange={() => toggle(p.position)} />
                  <span>{p.position}. <Name of="products" id={p.product}>{p.name}</Name>, <Name of="classes" id={p.class}>{p.class_name}</Name> · {date(p.date)} {p.time} · {amount(p.price)}
                    {p.state !== "live" && <em> ({t("till.state.ended")})</em>}</span>
                </label>
              </li>
            ))}
          </ul>
          {chosen.size > 0 && <Changes key={at.order} at={at} chosen={[...chosen].sort((a, b) => a - b)} failed={failed} />}
          {at.persons.length > 0 && at.state !== "ended" && (
            <details class="sign"><summary data-key="u">{t("book.sign")} <kbd aria-hidden="true">u</kbd></summary>
              <Sign key={at.order} receipt={at} look={() => show(at.order)} whyNot={messageOf} send={(signed, key) =>
                call("POST /api/desk/agreement-sign", { ...signed, ...(signed.authority === "leader" ? { order: at.order } : {}), method: "till", key } as never)} />
            </details>
          )}
          {at.state === "sold" && (
            <div class="paper">
              <div class="row">
                <Keyed k="k" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t("till.passes")}</Keyed>
                {isOpen && <button type="button" onClick={() => window.print()}>{t("till.print")}</button>}
              </div>
              {isOpen && <Passes order={at.order} key={JSON.stringify([at.positions, at.agreements])} />}
            </div>
          )}
        </div>
      )}
    </section>
  );
}
