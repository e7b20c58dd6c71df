// Agencies.tsx - what agencies owe on their invoices, and taking what they pay.
import { call } from "../call";
import { amount } from "../parts/amount";
import { ActionForm } from "../parts/action";
import { has } from "../session";
import { t } from "../words";
import { readBooks, receivables } from "./data";

export function Agencies() {
  return (
    <section>
      <h2>{t("books.agencies")}</h2>
      {receivables.value.length === 0 && <p class="note">{t("books.noDebts")}</p>}
      {receivables.value.map((r) => {
        const agency = r.account.slice("Assets:Receivable:".length);
        const currency = r.amount.split(" ")[1];
        return (
          <article key={r.account + currency} class="line">
            <p><strong>{agency}</strong> {t("books.owes", { amount: amount(r.amount) })}</p>
            {has("manager") && (
              <ActionForm class="inline" label={t("books.paidByBank")} work={async (key, form) => {
                const amount = String(form.get("amount")).trim();
                await call("POST /api/desk/settle", {
                  key, agency, currency,
                  payments: [{ tender: "bank", ...(amount ? { amount: `${amount} ${currency}` } : {}), reference: String(form.get("reference")) }],
                });
                await readBooks();
              }}>
                <label>{t("books.amountIn", { currency })}<input name="amount" inputMode="decimal" placeholder={r.amount.split(" ")[0]} /></label>
                <label>{t("books.reference")}<input name="reference" required /></label>
              </ActionForm>
            )}
          </article>
        );
      })}
    </section>
  );
}
