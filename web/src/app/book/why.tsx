// why.tsx - what was refused, and why a price is what it is, in the reader's language.
import { Refusal } from "../call";
import { reasonsOf, type Reasoned } from "../parts/reasons";
import { t, type Key } from "../words";

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

export type Line = Reasoned & { position: number; product: string; when: string; count: number; each: string; amount: string };

export const Reasons = ({ line }: { line: Line }) => <ul class="reasons">{reasonsOf(line).map((text) => <li key={text}>{text}</li>)}</ul>;
