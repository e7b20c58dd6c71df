// paper.tsx - what a guest takes along: the receipt, and the passes with their codes. On paper nothing else is printed.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../api-types";
import { call } from "../call";
import { Qr } from "../parts/qr";
import { date, t, time, type Key } from "../words";
import type { Answer } from "./once";
import { messageOf, nameOf, shown, till, type Quote } from "./state";

export const paper = signal<{ answer: Answer; quote: Quote | null } | null>(null);
type Pass = Api["GET /api/orders/{order}/passes"]["answer"]["passes"][number];

export function Passes({ order }: { order: number }) {
  const [passes, setPasses] = useState<Pass[] | null>(null), [failed, setFailed] = useState("");
  useEffect(() => {
    setPasses(null);
    call("GET /api/orders/{order}/passes", {}, { order: String(order) }).then((a) => setPasses(a.passes), (e) => setFailed(messageOf(e)));
  }, [order]);
  if (failed) return <p role="alert">{failed}</p>;
  if (!passes) return <p class="note">{t("frame.loading")}</p>;
  return (
    <ul class="passes">
      {passes.map((p) => (
        <li key={p.pass} class="pass" data-pass={p.pass} data-token={p.token}>
          {p.token ? <Qr text={p.token} label={t("till.codeOf", { n: String(p.position) })} /> : <strong class="closed">{t("till.revoked")}</strong>}
          <div>
            <strong>{p.product}</strong><br />{p.class}<br />{p.valid}<br />{p.opens}
            {p.points > 0 && <><br />{t("till.points", { n: p.points })}</>}
            {p.waiver_due && !p.is_waived && <><br /><em>{t("till.waiverDue")}</em></>}
            <br /><span class="note">{t("till.orderNo", { order: String(order) })} · {p.pass}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}

export function Payments({ answer }: { answer: Answer }) {
  return (
    <>
      {(answer.payments as Answer[] | undefined)?.map((p, i) => (
        <p key={i}>{t(`till.tender.${p.tender}` as Key)}: {shown(p.given)}{p.change && <> · <strong data-change={p.change}>{t("till.change")}: {shown(p.change)}</strong></>}
          {p.rate && <><br /><span class="note">{p.rate}, {p.source}</span></>}</p>
      ))}
      {(answer.refunds as Answer[] | undefined)?.map((p, i) => (
        <p key={i}><strong data-refund={p.given}>{t("till.back")}: {shown(p.given)}</strong> ({t(`till.tender.${p.tender}` as Key)})</p>
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
          <tbody>{quote.lines.map((l, i) => <tr key={i}><td>{nameOf(told.products, l.product, "product")}, {nameOf(told.classes, l.class, "class")}</td><td class="number">{l.count}</td><td class="number">{shown(l.amount)}</td></tr>)}</tbody>
          <tfoot><tr><th colSpan={2}>{t("till.total")}</th><td class="number">{shown(quote.total)}</td></tr></tfoot>
        </table>
      )}
      <Payments answer={answer} />
      {!isSold && <p><strong>{t("till.due")}: {shown(answer.due)}</strong></p>}
      {isSold && <Passes order={answer.order} />}
      <div class="row">
        <button type="button" class="main" onClick={() => window.print()}>{t("till.print")}</button>
        <button type="button" onClick={() => void (paper.value = null)}>{t("till.done")}</button>
      </div>
    </div>
  );
}
