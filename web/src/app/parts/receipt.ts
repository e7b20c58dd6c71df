// receipt.ts - an order as the desk tells it whole (act `receipt`), and what of it would go back.
import { currencyOf, minorOf, withMinor } from "./amount";

export type Position = { position: number; product: string; name: string; kind: string; class: string; class_name: string; date: string; time: string; price: string; returned: string; state: string; person?: number; pass: string };
export type Payment = { tender: string; place: string; amount: string; for: string; returned: string; returned_for: string; rate?: string; rate_date?: string; source?: string };
export type Charge = { charge: number; provider: string; state: string; result: string; amount: string; captured: string; refunded: string; open: boolean };
export type Receipt = {
  order: number; state: string; currency: string; total: string; paid: string; due: string; day: string; at_ms: number; until_ms?: number;
  positions: Position[]; payments: Payment[]; charges: Charge[];
  persons: { person: number; is_customer: boolean }[];
  agreements: { signed: number; agreement: string; person: number; at_ms: number; counts: boolean }[];
};

export type Refund = { payment: Payment; given: string; for: string };

const worthOf = (positions: Position[]): number => positions.reduce((n, p) => n + minorOf(p.price), 0);

// What can be paid of a currency in a tender: no coins of less than that.
export type Rounding = { currency: string; tender: string; step_minor: number; mode: string };

function round(minor: number, payment: Payment, roundings: Rounding[]): number {
  const own = roundings.find((r) => r.currency === currencyOf(payment.amount) && r.tender === payment.tender), step = own?.step_minor ?? 1, over = minor % step;
  return minor - over + ((own?.mode === "up" ? over > 0 : own?.mode === "down" ? false : over > 0 && 2 * over >= step) ? step : 0);
}

// What goes back where positions are cancelled, as the desk does it (src/desk/payment.c): what was paid beyond what the rest
// costs, less a fee; the last payment first, each in its own currency, at the rate at which it was paid.
export function refundsOf(receipt: Receipt, positions: Position[], feeMinor = 0, roundings: Rounding[] = []): Refund[] {
  let left = Math.max(0, minorOf(receipt.paid) - (minorOf(receipt.total) - worthOf(positions))) - feeMinor;
  const list: Refund[] = [];
  for (const payment of [...receipt.payments].reverse()) {
    const paid = minorOf(payment.amount), rest = paid - minorOf(payment.returned), credit = minorOf(payment.for) - minorOf(payment.returned_for), some = Math.min(credit, left);
    if (some <= 0) continue;
    const given = some === credit ? rest : Math.min(rest, Math.round((paid * some) / minorOf(payment.for)));
    list.push({ payment, given: withMinor(Math.min(rest, round(given, payment, roundings)), payment.amount), for: withMinor(some, payment.for) });
    left -= some;
  }
  return list;
}

// Whether two people are needed, by the limits that there are: any refund in a currency without one is above it.
export function needsTwo(receipt: Receipt, positions: Position[], limits: string[]): boolean {
  const most = Math.min(minorOf(receipt.paid), positions.reduce((n, p) => n + minorOf(p.price) - minorOf(p.returned), 0));
  const own = limits.find((l) => currencyOf(l) === receipt.currency);
  return limits.length > 0 && most > (own ? minorOf(own) : 0);
}
