// state.ts - what the till works with: what there is to sell, the sale in hand, the drawer.
import { computed, signal } from "@preact/signals";
import type { Api } from "../api-types";
import { Refusal, call } from "../call";
import { language, t, type Key } from "../words";

export type Till = Api["GET /api/till"]["answer"];
export type Line = { product: string; class: string; age: string; count: number; date: string; time: string };
export type Tender = { tender: string; amount: string; currency: string; change: string; reference: string };
export type Quote = { lines: { product: string; class: string; count: number; when: string; each: string; amount: string; because: string[] }[]; total: string };

export const till = signal<Till | null>(null);
export const lines = signal<Line[]>([]);
export const voucher = signal("");
export const agency = signal("");
export const offer = signal(0); // the order that holds what a waiting party was offered
export const drawer = signal(localStorage.getItem("till.drawer") ?? "till-1");
export const isDrawerOpen = computed(() => till.value?.drawers.some((d) => d.drawer === drawer.value) ?? false);

export const readTill = async (): Promise<void> => void (till.value = await call("GET /api/till", {}));

export function useDrawer(name: string): void {
  drawer.value = name;
  localStorage.setItem("till.drawer", name);
}

export const nameOf = (list: { name: string }[] | undefined, key: string, of: string): string =>
  (list as Record<string, string>[] | undefined)?.find((x) => x[of] === key)?.name ?? key;

// "35.00 USD", as the reader's language writes it.
export function shown(amount: string): string {
  const [value, currency] = amount.split(" ");
  return new Intl.NumberFormat(language.value, { style: "currency", currency, currencyDisplay: "code" }).format(Number(value));
}

export function positionsOf(list: Line[]): Record<string, unknown>[] {
  return list.map((l) => ({
    product: l.product,
    ...(l.date ? { date: l.date } : {}),
    ...(l.time ? { time: l.time } : {}),
    ...(l.age !== "" ? { persons: Array.from({ length: l.count }, () => ({ age: Number(l.age) })) } : { ...(l.class ? { class: l.class } : {}), count: l.count }),
  }));
}

export const orderFields = (): Record<string, unknown> => ({
  positions: positionsOf(lines.value),
  channel: "till",
  ...(voucher.value ? { voucher: voucher.value } : {}),
  ...(agency.value ? { agency: agency.value } : {}),
});

// An amount is typed with a point or a comma, and without its currency.
export function paymentsOf(list: Tender[]): Record<string, unknown>[] {
  return list.map((p) => ({
    tender: p.tender,
    ...(p.amount.trim() ? { amount: `${p.amount.trim().replace(",", ".")} ${p.currency}` } : p.currency ? { currency: p.currency } : {}),
    ...(p.tender === "cash" ? { drawer: drawer.value, ...(p.change ? { change: p.change } : {}) } : {}),
    ...(p.tender === "voucher" ? { code: p.reference } : p.tender === "card" || p.tender === "bank" ? { reference: p.reference } : {}),
  }));
}

// The desk's reasons in the reader's language where there are words for them, and what it said besides.
export function messageOf(error: unknown): string {
  if (!(error instanceof Refusal)) return t("frame.failed");
  if (error.reason === "offline" || error.code >= 500) return t("till.notKnown");
  const key = `till.reason.${error.reason}` as Key, told = t(key);
  return told === key ? error.message : `${told} (${error.message})`;
}
