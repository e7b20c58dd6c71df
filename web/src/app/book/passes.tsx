// passes.tsx - the passes of an order: codes to be shown, cards to be printed or kept.
import { useEffect, useState } from "preact/hooks";
import { call } from "../call";
import { named } from "../names";
import { Name } from "../parts/name";
import { date, language, t } from "../words";
import type { Mine } from "./order";
import { whyNot } from "./why";

type Pass = { position: number; pass: string; token: string; svg: string; valid: string; opens: string; counts: string; waiver_due: boolean; is_revoked: boolean };

async function save(path: string, fields: object, name: string): Promise<void> {
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fields), cache: "no-store" });
  if (!response.ok) throw new Error(path);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// The office tells days and times as "2026-12-10", "... to ...", "2026-12-10 09:45 to 13:00"; the days are put as the language does.
const whenOf = (valid: string): string => valid.replace(/\d{4}-\d\d-\d\d/g, (day) => date(day)).replace(" to ", " – ");

export function Passes({ mine }: { mine: Mine }) {
  const { number, code, receipt } = mine;
  const [passes, setPasses] = useState<Pass[] | null>(null), [failed, setFailed] = useState<unknown>(null);
  const live = receipt.positions.filter((p) => p.state === "live").map((p) => p.position).join(), signed = receipt.agreements.length;
  useEffect(() => {
    let over = false;
    call("POST /api/shop/orders/{order}/passes", { code, language: language.value }, { order: String(number) }).then((a) => { if (!over) setPasses((a as { passes: Pass[] }).passes); }, (error: unknown) => setFailed(error));
    return () => void (over = true);
  }, [number, live, signed, language.value]);
  const keep = (what: "cards.pdf" | "card.svg", fields: object, name: string) => save(`/api/shop/orders/${number}/${what}`, { code, language: language.value, ...fields }, name).catch((error: unknown) => setFailed(error));
  if (passes && !passes.length) return null;
  return (
    <section class="passes-part">
      <h2>{t("book.passes")}</h2>
      {failed ? <p role="alert">{whyNot(failed)}</p> : null}
      {!passes && !failed ? <p class="note">{t("frame.loading")}</p> : null}
      <ul class="passes">
        {passes?.map((p) => {
          const of = receipt.positions.find((x) => x.position === p.position);
          if (!of) return null;
          return (
            <li key={p.pass}>
              <img src={`data:image/svg+xml,${encodeURIComponent(p.svg)}`} alt={t("book.pass.code", { name: named("products", of.product, of.name), class: named("classes", of.class, of.class_name) })} width={246} height={246} />
              <div>
                <h3><Name of="products" id={of.product}>{of.name}</Name></h3>
                <p><Name of="classes" id={of.class}>{of.class_name}</Name>{p.counts ? ` · ${p.counts}` : ""}</p>
                <p class="note">{t("book.pass.valid", { when: whenOf(p.valid) })}<br />{t("book.pass.opens", { what: p.opens })}<br /><span class="pass-number">{p.pass}</span></p>
                {p.waiver_due && <p class="warn">{t("book.pass.waiver")}</p>}
                <button type="button" class="no-print" onClick={() => void keep("card.svg", { positions: [{ position: p.position }] }, `pass-${p.pass}.svg`)}>{t("book.pass.svg")}</button>
              </div>
            </li>
          );
        })}
      </ul>
      {passes && passes.length > 0 && (
        <p class="buttons no-print">
          <button type="button" onClick={() => print()}>{t("book.pass.print")}</button>
          <button type="button" onClick={() => void keep("cards.pdf", {}, `passes-${number}.pdf`)}>{t("book.pass.pdf")}</button>
        </p>
      )}
    </section>
  );
}
