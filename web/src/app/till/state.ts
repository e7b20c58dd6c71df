// state.ts - what the till works with: what there is to sell, the sale in hand, the drawer.
import { computed, signal } from "@preact/signals";
import type { Api } from "../api-types";
import { Refusal, call } from "../call";
import { named, type Kind } from "../names";
import type { Reasoned } from "../parts/reasons";
import { t, type Key } from "../words";

export type Till = Api["GET /api/till"]["answer"];
type Kept = { purpose: string; data: object }; // of a person, for a purpose
export type Line = { product: string; class: string; age: string; count: number; date: string; time: string; holders: Kept[][] };
export type Need = Till["needs"][number];
export type Tender = { tender: string; amount: string; currency: string; change: string; reference: string };
export type Quote = { lines: ({ product: string; class: string; count: number; when: string; each: string; amount: string } & Reasoned)[]; total: string };

const told = signal<Till | null>(null);
// What has a name in the reader's language has it in all that the till shows.
const listed = <T extends { name: string }>(kind: Kind, list: T[], key: (of: T) => string): T[] => list.map((x) => ({ ...x, name: named(kind, key(x), x.name) }));
export const till = computed<Till | null>(() => told.value && {
  ...told.value,
  resort: named("resort", "name", told.value.resort),
  products: listed("products", told.value.products, (p) => p.product),
  classes: listed("classes", told.value.classes, (c) => c.class),
  needs: listed("purposes", told.value.needs, (n) => n.purpose),
});
export const lines = signal<Line[]>([]);
export const voucher = signal("");
export const agency = signal("");
export const offer = signal(0); // the order that holds what a waiting party was offered
export const drawer = signal(localStorage.getItem("till.drawer") ?? "till-1");
export const isDrawerOpen = computed(() => till.value?.drawers.some((d) => d.drawer === drawer.value) ?? false);

export const readTill = async (): Promise<void> => void (told.value = await call("GET /api/till", {}));

export function useDrawer(name: string): void {
  drawer.value = name;
  localStorage.setItem("till.drawer", name);
}

export const nameOf = (list: { name: string }[] | undefined, key: string, of: string): string =>
  (list as Record<string, string>[] | undefined)?.find((x) => x[of] === key)?.name ?? key;

export const needsOf = (product: string): Need[] => till.value!.needs.filter((n) => n.product === product && n.required === 1);

// A price asks for no names: `holders` of what is sold alone.
export function positionsOf(list: Line[], withHolders: boolean): Record<string, unknown>[] {
  return list.map((l) => {
    const isOne = l.age !== "" || (withHolders && needsOf(l.product).length > 0), who = l.age !== "" ? { age: Number(l.age) } : l.class ? { class: l.class } : {};
    return {
      product: l.product,
      ...(l.date ? { date: l.date } : {}),
      ...(l.time ? { time: l.time } : {}),
      ...(isOne ? { persons: Array.from({ length: l.count }, (_, i) => ({ ...who, ...(withHolders && l.holders[i] ? { holder: l.holders[i] } : {}) })) } : { ...who, count: l.count }),
    };
  });
}

export const orderFields = (withHolders: boolean): Record<string, unknown> => ({
  positions: positionsOf(lines.value, withHolders),
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
