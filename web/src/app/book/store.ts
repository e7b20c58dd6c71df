// store.ts - what a guest's browser keeps: the basket, and numbers and codes of orders. There is no account.
//
// An order is its guest's by a code of 128 random bits. It is kept here and in the link of the order's page, behind the '#',
// which no server is ever told; a request carries it in its body.
import { computed, signal, type Signal } from "@preact/signals";
import { Refusal, call } from "../call";
import { kept } from "../parts/kept";
import { underWay } from "../parts/once";

export type Price = { class: string; amount: string; early_days: number; is_limited: boolean; name: string; from?: string; until?: string };
export type Need = { purpose: string; name: string; fields: string; basis: string; keep_days: number; counts_from: string; required: boolean };
export type Product = { product: string; name: string; kind: string; days: number; points: number; is_session: boolean; takes: { resource: string }[]; prices: Price[]; needs: Need[] };
export type PriceClass = { class: string; name: string; age_from: number; age_until: number; group_from: number };
export type Shop = {
  day: string; at_ms: number; zone: string; resort: string; first?: string; last?: string; hold_s: number; till_s: number; persons_max: number;
  products: Product[]; classes: PriceClass[]; currencies: string[]; providers: string[];
  rates: { from: string; to: string; rate: string; date: string; source: string }[];
};
export type Item = { id: string; product: string; name: string; date: string; time: string; lines: { class: string; count: number }[]; nationality: string;
  waiting?: number; waiting_code?: string };
export type Own = { number: number; code: string };
export type Wait = Own & { product: string; name: string; date: string; time: string; lines: { class: string; count: number }[] };

export const basket = kept<Item[]>("piste-basket", []);
export const currency = kept("piste-currency", "");
export const nationality = kept("piste-nationality", "");
export const orders = kept<Own[]>("piste-orders", []);
export const waits = kept<Wait[]>("piste-waiting", []);
// What was ordered and is not answered: kept for this tab alone, since it may hold what a product needs to know of people.
export const ORDERING = "ordering";
export const ordering = () => underWay(ORDERING, "tab");

export const shop = signal<Shop | null>(null);
export const shopFailed = signal("");
export async function readShop(): Promise<void> {
  try {
    shop.value = (await call("GET /api/shop", {})) as Shop;
    if (!shop.value.currencies.includes(currency.value)) currency.value = shop.value.currencies[0] ?? "";
    shopFailed.value = "";
  } catch (error) {
    shopFailed.value = error instanceof Refusal ? error.reason : "failed";
  }
}

export const persons = computed(() => basket.value.reduce((n, item) => n + item.lines.reduce((m, l) => m + l.count, 0), 0));

export function newCode(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

export function remember(list: Signal<Own[]>, own: Own): void {
  list.value = [own, ...list.value.filter((o) => o.number !== own.number)];
}
export const codeOf = (list: Own[], number: number): string =>
  /^#[0-9a-f]{32}$/.test(location.hash) ? location.hash.slice(1) : list.find((o) => o.number === number)?.code ?? "";

// As the desk wants it: a position for each class; persons by name where something is to be known of them.
export function positionsOf(items: Item[], holders: Record<string, object[]> = {}): object[] {
  return items.flatMap((item) => item.lines.filter((l) => l.count > 0).map((l) => {
    const head = { product: item.product, date: item.date, ...(item.time ? { time: item.time } : {}) };
    const people = Array.from({ length: l.count }, (_, i) => ({
      class: l.class, ...(item.nationality ? { nationality: item.nationality } : {}), ...(holders[`${item.id}/${l.class}/${i}`] ? { holder: holders[`${item.id}/${l.class}/${i}`] } : {}),
    }));
    return people.some((p) => p.nationality || p.holder) ? { ...head, persons: people } : { ...head, class: l.class, count: l.count };
  }));
}
