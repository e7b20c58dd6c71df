// data.ts - what the parts of Books share: what stands on the accounts, read anew when something was done.
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call } from "../call";
import { on } from "../live";
import type { Api } from "../api-types";

export type Balance = { account: string; amount: string };
export type Entry = { entry: number; at_ms: number; day: string; act: string; subject: number; who: string; postings: Balance[] };
export type Drawer = { drawer: string; cashier: string; opened_ms: number; open: boolean; closed_ms: number; postings: Balance[] };
export type Report = { from: string; until: string; accounts: Balance[]; positions: { product: string; name: string; class: string; class_name: string; count: number; amount: string }[] };
export type Proposal = Api["GET /api/proposals"]["answer"]["proposals"][number];

export const balances = signal<Balance[]>([]);
export const day = signal(""); // the open business date; "" before the first
export const report = signal<Report | null>(null);
export const drawers = signal<Drawer[]>([]);
export const proposals = signal<Proposal[]>([]);
export const zone = signal("UTC");

export const receivables = computed(() => balances.value.filter((b) => b.account.startsWith("Assets:Receivable:") && !/^-?0(\.0+)? /.test(b.amount)));

export async function readBooks(): Promise<void> {
  const [b, d, p] = await Promise.all([call("POST /api/desk/balances", {}), call("POST /api/desk/drawers", {}), call("GET /api/proposals", {})]);
  balances.value = b.balances as Balance[];
  day.value = b.day as string;
  drawers.value = d.drawers as Drawer[];
  proposals.value = p.proposals;
  report.value = day.value ? ((await call("POST /api/desk/report", {})) as Report) : null;
}

export function useBooks(): void {
  useEffect(() => {
    void readBooks();
    void call("GET /api/mountain", {}).then((m) => (zone.value = m.zone));
    return on("proposals", () => void readBooks());
  }, []);
}
