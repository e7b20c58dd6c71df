// data.tsx - what the desk holds of an order's persons: to be had as a file, to be erased.
import { useState } from "preact/hooks";
import { call } from "../call";
import { once } from "../parts/once";
import { day, t } from "../words";
import type { Mine } from "./order";
import { whyNot } from "./why";

type Erased = { persons: { erased: string[]; kept: { purpose: string; until: string }[] }[] };

export function Data({ mine }: { mine: Mine }) {
  const { number, code, look } = mine, parts = { order: String(number) };
  const [asks, setAsks] = useState(false), [sure, setSure] = useState(false), [told, setTold] = useState(""), [failed, setFailed] = useState<unknown>(null);
  const get = async () => {
    setFailed(null);
    try {
      const a = await once(`export-${number}`, (key) => call("POST /api/shop/orders/{order}/export", { code, key }, parts));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([JSON.stringify(a, null, 1)], { type: "application/json" }));
      link.download = `my-data-${number}.json`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } catch (error) {
      setFailed(error);
    }
  };
  const erase = async () => {
    setFailed(null);
    try {
      const a = (await once(`erase-${number}`, (key) => call("POST /api/shop/orders/{order}/erase", { code, key }, parts))) as Erased;
      const kept = a.persons.flatMap((p) => p.kept);
      setTold(kept.length ? t("book.data.kept", { date: day(kept.map((k) => k.until).sort().at(-1)!) }) : t("book.data.erased"));
      setAsks(false);
      if (kept.length) await look();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <section class="no-print">
      <h2>{t("book.data")}</h2>
      <p>{t("book.data.what")}</p>
      <p role="status">{told}</p>
      {failed ? <p role="alert">{whyNot(failed)}</p> : null}
      <p class="buttons"><button type="button" onClick={() => void get()}>{t("book.data.export")}</button><button type="button" aria-expanded={asks} onClick={() => setAsks(!asks)}>{t("book.data.erase")}</button></p>
      {asks && (
        <div class="confirm">
          <p>{t("book.data.sure")}</p>
          <label class="choice"><input type="checkbox" checked={sure} onChange={(e) => setSure(e.currentTarget.checked)} /><span>{t("book.data.understood")}</span></label>
          <button type="button" class="main" disabled={!sure} onClick={() => void erase()}>{t("book.data.yes")}</button>
        </div>
      )}
    </section>
  );
}
