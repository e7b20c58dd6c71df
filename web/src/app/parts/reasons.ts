// reasons.ts - why a line of a quote costs what it costs, in the reader's language.
import { named } from "../names";
import { day, number, t } from "../words";
import { amount, rate } from "./amount";

export type Reasoned = {
  class: string;
  reasons: { price: string; class_name: string; by_age: boolean; list: string; is_agreed: boolean; voucher: string; from?: string; until?: string; agency?: string; agency_bp?: number;
    rate?: { asked: string; from: string; to: string; numerator: number; denominator: number; date: string; source: string } };
};

export function reasonsOf(line: Reasoned): string[] {
  const r = line.reasons, who = named("classes", line.class, r.class_name);
  return [
    (r.price ? t("book.why.named", { price: named("prices", r.price, r.price), class: who, amount: amount(r.list) }) : t("book.why.price", { class: who, amount: amount(r.list) }))
      + (r.by_age ? `, ${t("book.why.byAge")}` : "") + (r.is_agreed ? `, ${t("book.why.agreed")}` : ""),
    r.from && r.until ? t("book.why.fromUntil", { from: day(r.from), until: day(r.until) })
      : r.from ? t("book.why.from", { from: day(r.from) }) : r.until ? t("book.why.until", { until: day(r.until) }) : "",
    r.rate ? t("book.why.rate", { asked: amount(r.rate.asked), rate: rate(r.rate.numerator, r.rate.denominator), from: r.rate.from, to: r.rate.to, date: day(r.rate.date), source: r.rate.source }) : "",
    r.agency ? t("book.why.agency", { agency: r.agency, percent: `${number((r.agency_bp ?? 0) / 100)} %` }) : "",
    r.voucher ? t("book.why.voucher", { code: r.voucher }) : "",
  ].filter(Boolean);
}
