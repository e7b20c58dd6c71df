// paper.tsx - what a guest takes along: the receipt, and the passes with their codes. On paper nothing else is printed.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../api-types";
import { call } from "../call";
import { amount, rate } from "../parts/amount";
import { Qr } from "../parts/qr";
import { date, day, language, t, time, type Key } from "../words";
import { act, type Answer } from "./act";
import { Keyed } from "./keys";
import { messageOf, nameOf, till, type Quote } from "./state";

export const paper = signal<{ answer: Answer; quote: Quote | null } | null>(null);
type Pass = Api["GET /api/orders/{order}/passes"]["answer"]["passes"][number];

export function Passes({ order }: { order: number }) {
  const [passes, setPasses] = useState<Pass[] | null>(null), [failed, setFailed] = useState("");
  const look = () => call("GET /api/orders/{order}/passes", { language: language.value }, { order: String(order) }).then((a) => setPasses(a.passes), (e) => setFailed(messageOf(e)));
  useEffect(() => {
    setPasses(null);
    void look();
  }, [order]);
  const waive = (position: number) => act("POST /api/desk/pass-waive", { order, position }).then(() => (setFailed(""), look()), (e) => setFailed(messageOf(e)));
  if (!passes) return failed ? <p role="alert">{failed}</p> : <p class="note">{t("frame.loading")}</p>;
  return (
    <>
    <p role="alert">{failed}</p>
    <ul class="passes">
      {passes.map((p) => (
        <li key={p.pass} class="pass" data-pass={p.pass} data-token={p.token}>
          {p.token ? <Qr text={p.token} label={t("till.codeOf", { n: String(p.position) })} /> : <strong class="closed">{t("till.revoked")}</strong>}
          <div>
            <strong>{p.product}</strong><br />{p.class}<br />{p.valid}<br />{p.opens}
            {p.points > 0 && <><br />{t("till.points", { n: p.points })}</>}
            {p.waiver_due && !p.is_waived && <><br /><em>{t("till.waiverDue")}</em><br /><button type="button" onClick={() => void waive(p.position)}>{t("till.waivedOnPaper")}</button></>}
            <br /><span class="note">{t("till.orderNo", { order: String(order) })} · {p.pass}</span>
          </div>
        </li>
      ))}
    </ul>
    </>
  );
}

// "57/50 USD for 1 EUR of 2019-02-01", as the desk answers it.
function rateOf(text: string, source: string): string {
  const [, numerator, denominator, to, from, of] = /^(\d+)\/(\d+) (\w+) for 1 (\w+) of (\S+)$/.exec(text) ?? [];
  return of ? t("till.rate", { from, rate: rate(Number(numerator), Number(denominator)), to, date: day(of), source }) : `${text}, ${source}`;
}

export function Payments({ answer }: { answer: Answer }) {
  return (
    <>
      {(answer.payments as Answer[] | undefined)?.map((p, i) => (
        <p key={i}>{t(`till.tender.${p.tender}` as Key)}: {amount(p.given)}{p.change && <> · <strong data-change={p.change}>{t("till.change")}: {amount(p.change)}</strong></>}
          {p.rate && <><br /><span class="note">{rateOf(p.rate, p.source)}</span></>}</p>
      ))}
      {(answer.refunds as Answer[] | undefined)?.map((p, i) => (
        <p key={i}><strong data-refund={p.given}>{t("till.back")}: {amount(p.given)}</strong> ({t(`till.tender.${p.tender}` as Key)})</p>
      ))}
    </>
  );
}

export function Paper() {
  const shownNow = paper.value, title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [shownNow]);
  if (!shownNow) return null;
  const { answer, quote } = shownNow, isSold = answer.state === "sold", told = till.value!;
  return (
    <div class="paper" data-order={answer.order} data-state={answer.state}>
      <h3 tabIndex={-1} ref={title}>{isSold ? t("till.sold", { order: String(answer.order) }) : t("till.held", { order: String(answer.order) })}</h3>
      <p class="note">{told.resort} · {told.day && date(told.day)} · {time(told.at_ms, told.zone)}</p>
      {quote && (
        <table>
          <caption class="unseen">{t("till.receipt")}</caption>
          <thead><tr><th>{t("till.what")}</th><th class="number">{t("till.count")}</th><th class="number">{t("till.amount")}</th></tr></thead>
          <tbody>{quote.lines.map((l, i) => <tr key={i}><td>{nameOf(told.products, l.product, "product")}, {nameOf(told.classes, l.class, "class")}</td><td class="number">{l.count}</td><td class="number">{amount(l.amount)}</td></tr>)}</tbody>
          <tfoot><tr><th colSpan={2}>{t("till.total")}</th><td class="number">{amount(quote.total)}</td></tr></tfoot>
        </table>
      )}
      <Payments answer={answer} />
      {!isSold && <p><strong>{t("till.due")}: {amount(answer.due)}</strong></p>}
      {isSold && <Passes order={answer.order} />}
      <div class="row">
        <Keyed k="p" class="main" onClick={() => window.print()}>{t("till.print")}</Keyed>
        <Keyed k="x" onClick={() => void (paper.value = null)}>{t("till.done")}</Keyed>
      </div>
    </div>
  );
}
