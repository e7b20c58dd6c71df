// pay.tsx - paying an order, once: the key of a charge is kept until the desk knows what became of it.
//
// After a reload the page looks at the order first. A charge that is under way is waited for; a key of which the desk knows
// nothing is sent again. The desk itself takes no second charge while one is open, nor for what is paid.
import { useEffect, useState } from "preact/hooks";
import { Refusal, call } from "../call";
import { t } from "../words";
import { amount } from "./amount";
import type { Mine } from "./order";
import { dropKey, keyOf, keys, readShop, shop } from "./store";
import { reasonOf, whyNot } from "./why";

const LOOK_MS = 1000;

export function Pay({ mine }: { mine: Mine }) {
  const { number, code, receipt, look } = mine, what = `pay-${number}`;
  const [failed, setFailed] = useState<unknown>(null), [isSending, setSending] = useState(false);
  const isOpen = receipt.charges.some((c) => c.open && c.state !== "done"), due = receipt.state === "held" || receipt.state === "reserved";
  const last = receipt.charges[receipt.charges.length - 1];
  useEffect(() => void (shop.value ?? readShop()), []);
  useEffect(() => {
    if (!isOpen) {
      if (receipt.charges.length && keys.value[what] && !isSending) dropKey(what); // it is known what became of it
      return;
    }
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [isOpen, receipt]);
  useEffect(() => { // it was sent, and the page was left before anything was answered
    if (due && !isOpen && !receipt.charges.length && keys.value[what]) void send(keys.value[`${what}-by`] ?? shop.value?.providers[0] ?? "");
  }, []);
  const send = async (provider: string) => {
    if (!provider) return;
    setSending(true);
    setFailed(null);
    keys.value = { ...keys.value, [`${what}-by`]: provider };
    try {
      await call("POST /api/shop/orders/{order}/pay", { code, key: keyOf(what), provider }, { order: String(number) });
    } catch (error) {
      // Another tab was first, or this one before: what it came to is told by the order.
      if (!["charge_open", "nothing_due", "hold_ended"].includes(reasonOf(error))) setFailed(error);
      if (error instanceof Refusal && error.code >= 400 && error.code < 500 && error.code !== 429) dropKey(what);
    }
    setSending(false);
    await look();
  };
  if (!due && !isOpen) return null;
  if (isOpen || isSending) return <section role="status"><h2>{t("book.pay")}</h2><p class="busy">{t("book.paying")}</p><p class="note">{t("book.paying.note")}</p></section>;
  return (
    <section class="no-print">
      <h2>{t("book.pay")}</h2>
      <p>{t("book.due", { amount: amount(receipt.due) })}</p>
      {last && last.state === "done" && last.result !== "applied" && <p role="alert">{t(last.result === "refused" ? "book.charge.refused" : "book.charge.other")}</p>}
      {failed ? <p role="alert">{whyNot(failed)}</p> : null}
      {shop.value && shop.value.providers.length > 0 && (
        <p class="buttons">{shop.value.providers.map((p) => <button type="button" key={p} class="main" onClick={() => void send(p)}>{t("book.pay.by", { name: p })}</button>)}</p>
      )}
      <p>{t("book.pay.atTill", { number: String(number) })}</p>
    </section>
  );
}
