// drawer.tsx - a cashier's drawer: its float, and what is counted at the end, per currency. What should be in it is told
// after it was counted.
import { useRef, useState } from "preact/hooks";
import { account } from "../session";
import { amount } from "../parts/amount";
import { t } from "../words";
import { act, type Answer } from "./act";
import { Keyed } from "./keys";
import { drawer, isDrawerOpen, messageOf, readTill, till, useDrawer } from "./state";

type Counted = { amount: string; currency: string };

function Count({ list, set }: { list: Counted[]; set: (list: Counted[]) => void }) {
  const currencies = till.value!.currencies.map((c) => c.currency);
  const change = (i: number, part: Partial<Counted>) => set(list.map((c, k) => (k === i ? { ...c, ...part } : c)));
  const free = currencies.find((c) => !list.some((x) => x.currency === c));
  return (
    <>
      {list.map((c, i) => (
        <div class="pair" key={i} role="group" aria-label={c.currency}>
          <label>{t("till.counted")}<input name={`counted-${i}`} value={c.amount} inputMode="decimal" pattern="[0-9]+([.,][0-9]+)?" required onInput={(e) => change(i, { amount: e.currentTarget.value })} /></label>
          <label>{t("till.currency")}<select name={`counted-currency-${i}`} value={c.currency} onChange={(e) => change(i, { currency: e.currentTarget.value })}>{currencies.map((x) => <option key={x} value={x}>{x}</option>)}</select></label>
        </div>
      ))}
      {free && <button type="button" onClick={() => set([...list, { amount: "", currency: free }])}>{t("till.addCurrency")}</button>}
    </>
  );
}

function Difference({ closed }: { closed: Answer }) {
  return (
    <table data-closed="yes">
      <caption>{t("till.closed", { cashier: closed.cashier })}</caption>
      <thead><tr><th class="number">{t("till.expected")}</th><th class="number">{t("till.counted")}</th><th class="number">{t("till.difference")}</th></tr></thead>
      <tbody>
        {(closed.currencies as Answer[]).map((c) => (
          <tr key={c.expected}><td class="number">{amount(c.expected)}</td><td class="number">{amount(c.counted)}</td>
            <td class="number"><strong data-difference={c.difference} class={Number(c.difference.split(" ")[0]) ? "closed-off" : "open"}>{amount(c.difference)}</strong></td></tr>
        ))}
      </tbody>
    </table>
  );
}

export function Drawer() {
  const start = (): Counted[] => [{ amount: "", currency: till.value!.currencies.some((c) => c.currency === "USD") ? "USD" : till.value!.currencies[0]?.currency ?? "" }];
  const [list, setList] = useState<Counted[]>(start), [failed, setFailed] = useState(""), [closed, setClosed] = useState<Answer | null>(null);
  const busy = useRef(false), isOpen = isDrawerOpen.value, shift = till.value!.drawers.find((d) => d.drawer === drawer.value);
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    if (busy.current) return;
    busy.current = true;
    setFailed("");
    const counted = list.filter((c) => c.amount.trim()).map((c) => ({ amount: `${c.amount.trim().replace(",", ".")} ${c.currency}` }));
    try {
      const fields = { drawer: drawer.value, ...(counted.length ? { counted } : {}) };
      const answer = isOpen ? await act("POST /api/desk/drawer-close", fields) : await act("POST /api/desk/drawer-open", { ...fields, cashier: account.value });
      setClosed(isOpen ? answer : null);
      setList(start());
      await readTill();
    } catch (error) {
      setFailed(messageOf(error));
    }
    busy.current = false;
  };
  return (
    <section>
      <h2>{t("till.drawer")}</h2>
      <label class="short">{t("till.drawerName")}<input name="drawer" value={drawer.value} pattern="[a-z0-9][a-z0-9\-]*" maxLength={40} autocapitalize="none" onChange={(e) => useDrawer(e.currentTarget.value.trim())} /></label>
      <p role="status" class={isOpen ? "open" : "hold"}>{isOpen ? t("till.isOpen", { drawer: drawer.value, cashier: shift!.cashier }) : t("till.drawerIsClosed", { drawer: drawer.value })}</p>
      <form onSubmit={(e) => void submit(e)}>
        <p>{t(isOpen ? "till.countAtEnd" : "till.countFloat")}</p>
        <Count list={list} set={setList} />
        <p role="alert">{failed}</p>
        <Keyed k="p" type="submit" class="main">{t(isOpen ? "till.closeDrawer" : "till.openDrawer")}</Keyed>
      </form>
      {closed && <div role="status"><Difference closed={closed} /></div>}
    </section>
  );
}
