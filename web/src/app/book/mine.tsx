// mine.tsx - a guest's own orders and places in waiting lists, as this browser keeps them; and one by its number and code.
import { useState } from "preact/hooks";
import { named } from "../names";
import { go } from "../router";
import { date, t } from "../words";
import { orders, waits } from "./store";

export function MyOrders() {
  const [number, setNumber] = useState(""), [code, setCode] = useState("");
  const open = (e: SubmitEvent) => {
    e.preventDefault();
    // The whole link may be put in, too.
    const link = /orders\/(\d+)#([0-9a-f]{32})/.exec(number + code);
    go(link ? `/book/orders/${link[1]}#${link[2]}` : `/book/orders/${number.trim()}#${code.trim().toLowerCase()}`);
  };
  return (
    <>
      <h1>{t("book.nav.orders")}</h1>
      <section>
        {!orders.value.length && !waits.value.length && <p>{t("book.orders.none")}</p>}
        <ul class="rows">
          {orders.value.map((o) => <li key={o.number}><a href={`/book/orders/${o.number}#${o.code}`}>{t("book.order.number", { number: String(o.number) })}</a></li>)}
          {waits.value.map((w) => <li key={w.number}><a href={`/book/waiting/${w.number}#${w.code}`}>{t("book.waiting.of", { name: named("products", w.product, w.name), date: date(w.date) })}</a></li>)}
        </ul>
        <p class="note">{t("book.orders.kept")}</p>
      </section>
      <section class="narrow-page">
        <h2>{t("book.orders.other")}</h2>
        <form onSubmit={open}>
          <label>{t("book.orders.number")}<input required value={number} onInput={(e) => setNumber(e.currentTarget.value)} /></label>
          <label>{t("book.orders.code")}<input value={code} onInput={(e) => setCode(e.currentTarget.value)} autocapitalize="none" autocomplete="off" spellcheck={false} /></label>
          <button type="submit">{t("book.orders.open")}</button>
        </form>
      </section>
    </>
  );
}
