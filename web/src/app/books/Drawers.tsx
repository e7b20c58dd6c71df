// Drawers.tsx - each cashier's cash: what is open, and what was found when it was closed.
import { amount } from "../parts/amount";
import { Scroll } from "../parts/scroll";
import { t, time } from "../words";
import { drawers, zone } from "./data";

// What is an expense was missing in the drawer.
const opposite = (amount: string): string => (amount.startsWith("-") ? amount.slice(1) : `-${amount}`);
const isDifference = (account: string): boolean => /Difference/i.test(account);

export function Drawers() {
  return (
    <section>
      <h2>{t("books.drawers")}</h2>
      {drawers.value.length === 0 ? <p class="note">{t("books.nothing")}</p> : (
        <Scroll label={t("books.drawers")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("books.drawer")}</th><th scope="col">{t("books.cashier")}</th><th scope="col">{t("books.opened")}</th>
                <th scope="col">{t("books.closed")}</th><th scope="col" class="number">{t("books.difference")}</th>
              </tr>
            </thead>
            <tbody>
              {drawers.value.map((d) => {
                const differences = d.postings.filter((p) => isDifference(p.account));
                return (
                  <tr key={`${d.drawer} ${d.opened_ms}`}>
                    <th scope="row">{d.drawer}</th>
                    <td>{d.cashier}</td>
                    <td>{time(d.opened_ms, zone.value)}</td>
                    <td>{d.open ? <strong class="open">{t("books.isOpen")}</strong> : time(d.closed_ms, zone.value)}</td>
                    <td class="number">{d.open ? "" : differences.length ? differences.map((p) => <div key={p.amount}>{amount(opposite(p.amount))}</div>) : t("books.none")}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
