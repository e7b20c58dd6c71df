// Ledger.tsx - the journal, the newest entries first, and what stands on each account.
import { useEffect, useState } from "preact/hooks";
import { call } from "../call";
import { amount } from "../parts/amount";
import { Scroll } from "../parts/scroll";
import { t, time } from "../words";
import { balances, zone, type Entry } from "./data";

export function Ledger() {
  const [account, setAccount] = useState("");
  const [entries, setEntries] = useState<Entry[]>([]);
  const [isAll, setAll] = useState(false);
  const read = async (before?: number) => {
    const answer = await call("POST /api/desk/entries", { ...(account ? { account } : {}), ...(before ? { before } : {}) });
    const more = answer.entries as Entry[];
    setEntries(before ? [...entries, ...more] : more);
    setAll(more.length < 50);
  };
  useEffect(() => void read(), [account]);
  const accounts = [...new Set(balances.value.map((b) => b.account))];
  return (
    <>
      <section>
        <h2>{t("books.balances")}</h2>
        <Scroll label={t("books.balances")}>
          <table>
            <thead><tr><th scope="col">{t("books.account")}</th><th scope="col" class="number">{t("books.amount")}</th></tr></thead>
            <tbody>
              {balances.value.map((b) => (
                <tr key={b.account + b.amount}><th scope="row">{b.account}</th><td class="number">{amount(b.amount)}</td></tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </section>
      <section>
        <h2>{t("books.entries")}</h2>
        <label>{t("books.account")}
          <select value={account} onChange={(e) => setAccount(e.currentTarget.value)}>
            <option value="">{t("books.allAccounts")}</option>
            {accounts.map((a) => <option key={a} value={a}>{a}</option>)}
          </select>
        </label>
        <Scroll label={t("books.entries")}>
          <table>
            <thead>
              <tr>
                <th scope="col" class="number">{t("books.number")}</th><th scope="col">{t("books.when")}</th><th scope="col">{t("books.act")}</th>
                <th scope="col">{t("books.who")}</th><th scope="col">{t("books.postings")}</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((e) => (
                <tr key={e.entry}>
                  <th scope="row" class="number">{e.entry}</th>
                  <td>{e.day} {time(e.at_ms, zone.value)}</td>
                  <td>{e.act}{e.subject ? ` ${e.subject}` : ""}</td>
                  <td>{e.who || "–"}</td>
                  <td>{e.postings.map((p, i) => <div key={i} class="posting"><span>{p.account}</span><span class="number">{amount(p.amount)}</span></div>)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
        {!isAll && <button type="button" onClick={() => void read(entries[entries.length - 1]?.entry)}>{t("books.more")}</button>}
      </section>
    </>
  );
}
