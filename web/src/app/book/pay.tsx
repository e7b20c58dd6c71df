// pay.tsx - paying an order by a provider, or at a till.
import { useEffect } from "preact/hooks";
import { call } from "../call";
import { amount } from "../parts/amount";
import { Charging, useDue } from "../parts/charge";
import { Qr } from "../parts/qr";
import { t } from "../words";
import type { Mine } from "./order";
import { readShop, shop } from "./store";
import { whyNot } from "./why";

export function Pay({ mine }: { mine: Mine }) {
  const { number, code, receipt, look } = mine, { isDue, isOpen } = useDue(receipt, "browser");
  useEffect(() => void (shop.value ?? readShop()), []);
  if (!isDue && !isOpen) return null;
  return (
    <section class="no-print">
      <h2>{t("book.pay")}</h2>
      {!isOpen && <p>{t("book.due", { amount: amount(receipt.due) })}</p>}
      <Charging receipt={receipt} providers={shop.value?.providers ?? []} where="browser" look={look} whyNot={whyNot}
        send={(provider, key) => call("POST /api/shop/orders/{order}/pay", { code, key, provider }, { order: String(number) })} />
      {!isOpen && (
        <div class="at-till">
          <Qr text={`${number}#${code}`} label={t("book.pay.scan")} />
          <p>{t("book.pay.atTill", { number: String(number) })} {t("book.pay.scan")}</p>
        </div>
      )}
    </section>
  );
}
