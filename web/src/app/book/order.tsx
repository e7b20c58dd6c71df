// order.tsx - an order's own page: what it is, paying, passes, changing, signing, the data of its persons.
import { useCallback, useEffect, useState } from "preact/hooks";
import { Refusal, call } from "../call";
import { Name } from "../parts/name";
import { amount, rate } from "../parts/amount";
import type { Receipt } from "../parts/receipt";
import { Sign } from "../parts/sign";
import { date, day, t, type Key } from "../words";
import { Change } from "./change";
import { Data } from "./data";
import { Passes } from "./passes";
import { Pay } from "./pay";
import { codeOf, orders, remember } from "./store";
import { Left, moment, type Moment } from "./time";
import { reasonOf, whyNot } from "./why";

export type Mine = { number: number; code: string; receipt: Receipt; look: () => Promise<void> };

const STATES: Record<string, Key> = { held: "book.state.held", reserved: "book.state.reserved", sold: "book.state.sold", ended: "book.state.ended" };
const TENDERS: Record<string, Key> = { cash: "book.tender.cash", card: "book.tender.card", bank: "book.tender.bank", voucher: "book.tender.voucher", invoice: "book.tender.invoice" };

export function Order({ number }: { number: number }) {
  const code = codeOf(orders.value, number);
  const [receipt, setReceipt] = useState<Receipt | null>(null), [now, setNow] = useState<Moment>(moment(0)), [failed, setFailed] = useState<unknown>(null);
  const look = useCallback(async () => {
    try {
      if (!code) throw new Refusal(404, "no_order", ""); // as the server would say
      const a = (await call("POST /api/shop/orders/{order}", { code }, { order: String(number) })) as Receipt;
      setNow(moment(a.at_ms));
      setReceipt(a);
      setFailed(null);
      if (!orders.value.some((o) => o.number === number)) remember(orders, { number, code });
    } catch (error) {
      setFailed(error);
    }
  }, [number, code]);
  useEffect(() => void look(), [look]);
  useEffect(() => { // the code stays in the link, so that it can be kept
    if (receipt && location.hash !== `#${code}`) history.replaceState(null, "", `/book/orders/${number}#${code}`);
  }, [receipt]);
  if (failed && !receipt)
    return <section class="narrow-page"><h1>{t("book.order.number", { number: String(number) })}</h1><p role="alert">{whyNot(failed)}</p>
      {reasonOf(failed) !== "no_order" && <button type="button" onClick={() => void look()}>{t("book.again")}</button>}</section>;
  if (!receipt) return <p class="note">{t("frame.loading")}</p>;
  const mine: Mine = { number, code, receipt, look };
  const live = receipt.positions.filter((p) => p.state === "live" && receipt.state !== "ended");
  return (
    <>
      <h1>{t("book.order.number", { number: String(number) })}</h1>
      <p class={`state ${receipt.state}`} role="status"><b>{t(STATES[receipt.state])}</b>{receipt.until_ms && receipt.state !== "ended" ? <> {t("book.timeLeft")} <Left until={receipt.until_ms} now={now} over={() => void look()} /></> : null}</p>
      {failed ? <p role="alert">{whyNot(failed)}</p> : null}
      <Pay mine={mine} />
      {receipt.state === "sold" && live.length > 0 && <Passes mine={mine} />}
      <section>
        <h2>{t("book.positions")}</h2>
        <div class="scroll">
          <table class="cards">
            <thead><tr><th scope="col">{t("book.what")}</th><th scope="col">{t("book.date")}</th><th scope="col">{t("book.for")}</th><th scope="col" class="number">{t("book.price")}</th></tr></thead>
            <tbody>
              {receipt.positions.map((p) => (
                <tr key={p.position} class={p.state === "live" ? "" : "gone"}>
                  <td><Name of="products" id={p.product}>{p.name}</Name>{p.state !== "live" && <span class="note"> {t("book.state.ended")}</span>}</td><td>{date(p.date)}{p.time ? `, ${p.time}` : ""}</td><td><Name of="classes" id={p.class}>{p.class_name}</Name></td><td class="number">{amount(p.price)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot><tr><th scope="row" colSpan={3}>{t("book.total")}</th><td class="number"><b>{amount(receipt.total)}</b></td></tr></tfoot>
          </table>
        </div>
        {receipt.payments.length > 0 && (
          <ul class="payments">
            {receipt.payments.map((p, i) => (
              <li key={i}>{t("book.paid", { how: TENDERS[p.tender] ? t(TENDERS[p.tender]) : p.tender, amount: amount(p.amount) })}
                {p.rate && p.rate_date ? ` ${t("book.paid.rate", { for: amount(p.for), rate: rate(Number(p.rate.split("/")[0]), Number(p.rate.split("/")[1])), date: day(p.rate_date), source: p.source ?? "" })}` : ""}
                {/[1-9]/.test(p.returned.split(" ")[0]) ? ` ${t("book.paid.returned", { amount: amount(p.returned) })}` : ""}</li>
            ))}
          </ul>
        )}
        <p class="note no-print">{t("book.order.keep")}</p>
      </section>
      {live.length > 0 && <Change mine={mine} live={live} />}
      {receipt.persons.length > 0 && <Sign isFramed receipt={receipt} look={look} whyNot={whyNot} send={(signed, key) => call("POST /api/shop/orders/{order}/sign", { code, key, ...signed }, { order: String(number) })} />}
      {receipt.persons.length > 0 && <Data mine={mine} />}
    </>
  );
}
