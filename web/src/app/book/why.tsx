// why.tsx - what was refused, and why a price is what it is, in the reader's language.
import { Refusal } from "../call";
import { named } from "../names";
import { amount, rate } from "../parts/amount";
import { day, t, type Key } from "../words";

const REASONS: Record<string, Key> = {
  sold_out: "book.no.soldOut", quota_full: "book.no.soldOut", waiting: "book.no.waiting", no_allotment: "book.no.notOnSale", not_eligible: "book.no.eligible",
  no_price: "book.no.price", no_product: "book.no.product", no_rate: "book.no.rate", voucher_invalid: "book.no.voucher", not_paid: "book.no.notPaid",
  hold_ended: "book.no.holdEnded", no_day: "book.no.day", past: "book.no.past", too_many: "book.no.tooMany", too_many_persons: "book.no.persons", at_desk: "book.no.atDesk", no_pass: "book.no.pass", office: "book.no.pass", no_group: "book.no.group",
  at_till: "book.no.atTill", too_late: "book.no.tooLate", not_alike: "book.no.alike", not_full: "book.no.notFull", no_order: "book.no.order", charge_open: "book.no.chargeOpen",
  nothing_due: "book.no.nothingDue", offline: "book.no.offline", holder_missing: "book.no.holder", not_needed: "book.no.notNeeded", guardian_needed: "book.no.guardian", not_of_age: "book.no.age",
  age_unknown: "book.no.ageUnknown", no_authority: "book.no.authority", other_version: "book.no.version", no_provider: "book.no.provider", no_position: "book.no.position", no_vault: "book.no.vault",
};

export const reasonOf = (error: unknown): string => (error instanceof Refusal ? error.reason : "failed");
// The reason in words; what the desk says itself, such as why a nationality may not come, follows.
export function whyNot(error: unknown): string {
  const reason = reasonOf(error), key = REASONS[reason];
  if (!key) return error instanceof Refusal && error.code >= 400 && error.code < 500 && error.message ? error.message : t("frame.failed");
  return t(key, { why: error instanceof Error ? error.message : "" });
}

export type Line = {
  position: number; product: string; class: string; when: string; count: number; each: string; amount: string;
  reasons: { price: string; class_name: string; list: string; is_agreed: boolean; voucher: string; from?: string; until?: string;
    rate?: { asked: string; from: string; to: string; numerator: number; denominator: number; date: string; source: string } };
};

export function Reasons({ line }: { line: Line }) {
  const r = line.reasons, who = named("classes", line.class, r.class_name);
  return (
    <ul class="reasons">
      <li>{r.price ? t("book.why.named", { price: named("prices", r.price, r.price), class: who, amount: amount(r.list) }) : t("book.why.price", { class: who, amount: amount(r.list) })}</li>
      {r.from && r.until ? <li>{t("book.why.fromUntil", { from: day(r.from), until: day(r.until) })}</li>
        : r.from ? <li>{t("book.why.from", { from: day(r.from) })}</li> : r.until ? <li>{t("book.why.until", { until: day(r.until) })}</li> : null}
      {r.rate && <li>{t("book.why.rate", { asked: amount(r.rate.asked), rate: rate(r.rate.numerator, r.rate.denominator), from: r.rate.from, to: r.rate.to, date: day(r.rate.date), source: r.rate.source })}</li>}
      {r.voucher && <li>{t("book.why.voucher", { code: r.voucher })}</li>}
    </ul>
  );
}
