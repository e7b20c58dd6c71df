// Leans.tsx - the assumed values that a part of the page leans on: those that most of the day passes through.
import type { Assumption, Day } from "../types";
import { percent, words } from "../format";
import { say } from "../say";

const WEAK = new Set(["assumed", "chosen"]);

interface Lean {
  entry: string;
  basis: string;
  fields: Map<string, number>; // with the share of the day that passes through any value of the field
}

const shareOf = (lean: Lean): number => Math.max(...lean.fields.values());

// What is said of one kind of entry with one basis; assumed first, then by the share of the day.
function leansOf(day: Day, entries: string[]): Lean[] {
  const found = new Map<string, Lean>();
  for (const a of day.assumptions as Assumption[]) {
    if (!WEAK.has(a.basis) || !entries.includes(a.entry) || !a.share) continue;
    const id = `${a.entry} ${a.basis}`;
    const lean = found.get(id) ?? { entry: a.entry, basis: a.basis, fields: new Map<string, number>() };
    lean.fields.set(a.field, Math.min(1, (lean.fields.get(a.field) ?? 0) + a.share));
    found.set(id, lean);
  }
  return [...found.values()].sort((a, b) => Number(b.basis === "assumed") - Number(a.basis === "assumed") || shareOf(b) - shareOf(a));
}

// "choice model, scale, discount and 8 more (assumed, 100 % of the day)"
function text(lean: Lean): string {
  const fields = [...lean.fields].sort((a, b) => b[1] - a[1]).map(([field]) => field), more = fields.length - 3;
  const named = more > 1 ? say("{some} and {n} more", { some: fields.slice(0, 3).join(", "), n: more }) : fields.join(", ");
  return say("{what} ({basis}, {share} of the day)", { what: `${words(lean.entry).toLowerCase()} ${named}`, basis: say(lean.basis), share: percent(shareOf(lean)) });
}

export function Leans({ day, entries, most = 3 }: { day: Day; entries: string[]; most?: number }) {
  const all = leansOf(day, entries);
  if (all.length === 0) return null;
  const shown = all.slice(0, most), left = all.length - shown.length;
  return (
    <p class="note leans">
      {say("Leans most on:")} {shown.map(text).join("; ")}{left > 0 ? say("; and others") : ""}. <a href="#assumptions">{say("What this rests on")}</a>.
    </p>
  );
}
