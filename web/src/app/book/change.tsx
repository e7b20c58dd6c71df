// change.tsx - another day or time for some of an order, or cancelling it: what it costs or gives back is told before.
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../call";
import { Name } from "../parts/name";
import { amount, minorOf, withMinor } from "../parts/amount";
import { Calendar, addDays, lastOf, monthOf, type Day } from "../parts/calendar";
import { once } from "../parts/once";
import { refundsOf, type Position } from "../parts/receipt";
import { date, day as dayText, number as count, t } from "../words";
import type { Mine } from "./order";
import { readShop, shop } from "./store";
import { whyNot } from "./why";

export function Change({ mine, live }: { mine: Mine; live: Position[] }) {
  const [chosen, setChosen] = useState<Set<number>>(new Set());
  const [what, setWhat] = useState<"" | "move" | "cancel">(""), [done, setDone] = useState(""), [failed, setFailed] = useState<unknown>(null);
  const positions = live.filter((p) => chosen.has(p.position));
  const toggle = (n: number) => setChosen((before) => {
    const next = new Set(before);
    if (!next.delete(n)) next.add(n);
    return next;
  });
  const settle = async (act: Promise<string>) => {
    setFailed(null);
    try {
      setDone(await act);
      setWhat("");
      setChosen(new Set());
    } catch (error) {
      setFailed(error);
    }
    await mine.look();
  };
  return (
    <section class="no-print">
      <h2>{t("book.change")}</h2>
      <p class="note">{t("book.change.until")}</p>
      <fieldset class="choose-positions">
        <legend>{t("book.change.which")}</legend>
        {live.map((p) => (
          <label class="choice" key={p.position}><input type="checkbox" checked={chosen.has(p.position)} onChange={() => toggle(p.position)} />
            <span><Name of="products" id={p.product}>{p.name}</Name>, <Name of="classes" id={p.class}>{p.class_name}</Name>, {date(p.date)}{p.time ? `, ${p.time}` : ""}</span></label>
        ))}
      </fieldset>
      <p class="buttons">
        <button type="button" disabled={!positions.length} aria-expanded={what === "move"} onClick={() => setWhat("move")}>{t("book.change.move")}</button>
        <button type="button" disabled={!positions.length} aria-expanded={what === "cancel"} onClick={() => setWhat("cancel")}>{t("book.change.cancel")}</button>
      </p>
      {what === "move" && positions.length > 0 && <Move key={positions[0].product} mine={mine} positions={positions} settle={settle} />}
      {what === "cancel" && positions.length > 0 && <Cancel mine={mine} positions={positions} settle={settle} stop={() => setWhat("")} />}
      <p role="status">{done}</p>
      {failed ? <p role="alert">{whyNot(failed)}</p> : null}
    </section>
  );
}

type Props = { mine: Mine; positions: Position[]; settle: (act: Promise<string>) => Promise<void> };
const lines = (positions: Position[]) => positions.map((p) => ({ position: p.position }));

function Cancel({ mine, positions, settle, stop }: Props & { stop: () => void }) {
  const { number, code, receipt } = mine, box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const back = refundsOf(receipt, positions).map((r) => amount(r.given)).join(" + ");
  const cancel = async (): Promise<string> => {
    const a = await once(`cancel-${number}-${positions.map((p) => p.position).join()}`, (key) => call("POST /api/shop/orders/{order}/cancel", { code, key, positions: lines(positions) }, { order: String(number) }));
    const refunds = (a as { refunds?: { given: string }[] }).refunds ?? [];
    return refunds.length ? t("book.cancelled.back", { amount: refunds.map((r) => amount(r.given)).join(", ") }) : t("book.cancelled");
  };
  return (
    <div class="confirm" ref={box} tabIndex={-1} role="group" aria-label={t("book.change.cancel")}>
      <p><b>{back ? t("book.cancel.back", { amount: back }) : t("book.cancel.nothing")}</b> {back ? t("book.cancel.how") : ""}</p>
      <p class="buttons"><button type="button" class="main" onClick={() => void settle(cancel())}>{t("book.cancel.yes", { n: positions.length })}</button><button type="button" onClick={stop}>{t("book.cancel.no")}</button></p>
    </div>
  );
}

type Free = { date: string; free?: number; times?: { time: string; free: number }[] };

function Move({ mine, positions, settle }: Props) {
  const { number, code, receipt } = mine, first = positions[0];
  const [month, setMonth] = useState(monthOf(first.date)), [day, setDay] = useState(""), [time, setTime] = useState("");
  const [days, setDays] = useState<Free[]>([]), [price, setPrice] = useState<string | null>(null), [refused, setRefused] = useState<unknown>(null);
  const alike = positions.every((p) => p.product === first.product);
  useEffect(() => void (shop.value ?? readShop()), []);
  useEffect(() => {
    const from = `${month}-01` < receipt.day ? receipt.day : `${month}-01`;
    call("GET /api/shop/calendar", { product: first.product, from, until: lastOf(month) }).then((a) => setDays(a.days as Free[]), () => setDays([]));
  }, [month]);
  useEffect(() => {
    setPrice(null);
    setRefused(null);
    if (!day) return;
    const wish = positions.map((p) => ({ product: p.product, date: day, class: p.class, ...(time ? { time } : {}) }));
    call("POST /api/shop/quote", { positions: wish, currency: receipt.currency }).then((a) => setPrice((a as { total: string }).total), (error: unknown) => setRefused(error));
  }, [day, time]);
  if (!alike) return <p role="alert">{t("book.no.alike")}</p>;
  const here = days.find((d) => d.date === day), isSession = !!first.time;
  const view = new Map<string, Day>(days.map((d) => {
    const full = d.free !== undefined && d.free < positions.length;
    return [d.date, { date: d.date, text: d.free === undefined ? "" : count(d.free), label: full ? t("book.full") : d.free === undefined ? t("book.any") : t("book.left", { n: d.free }), state: full ? "full" : "free" }];
  }));
  const more = price === null ? 0 : minorOf(price) - positions.reduce((n, p) => n + minorOf(p.price), 0);
  const move = async (): Promise<string> => {
    await once(`move-${number}-${positions.map((p) => p.position).join()}-${day}-${time}`, (key) =>
      call("POST /api/shop/orders/{order}/move", { code, key, positions: lines(positions), to: { date: day, ...(time ? { time } : {}) } }, { order: String(number) }));
    return t("book.moved", { date: dayText(day) });
  };
  return (
    <div class="confirm">
      <Calendar month={month} days={view} chosen={day} first={receipt.day} last={addDays(receipt.day, 400)} turn={setMonth} choose={(d) => { setDay(d); setTime(""); }} />
      {isSession && here?.times && (
        <label>{t("book.time")}
          <select value={time} onChange={(e) => setTime(e.currentTarget.value)}><option value="" />{here.times.map((s) => <option key={s.time} value={s.time} disabled={s.free < positions.length}>{s.time}</option>)}</select>
        </label>
      )}
      <div aria-live="polite">
        {refused ? <p role="alert">{whyNot(refused)}</p> : null}
        {price !== null && <p><b>{more > 0 ? t("book.move.more", { amount: amount(withMinor(more, price)) }) : more < 0 ? t("book.move.less", { amount: amount(withMinor(-more, price)) }) : t("book.move.same")}</b></p>}
        {more > 0 && receipt.state === "sold" && <p>{t("book.move.till")}</p>}
      </div>
      <button type="button" class="main" disabled={price === null || (isSession && !time) || (more > 0 && receipt.state === "sold")} onClick={() => void settle(move())}>{day ? t("book.move.to", { date: dayText(day) }) : t("book.change.move")}</button>
    </div>
  );
}
