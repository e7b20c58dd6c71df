// page.tsx - the till: a sale, orders that are there, who waits, the drawer. Every key that works is told on the page.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { go } from "../router";
import { t, type Key } from "../words";
import { isUnderWay, resume } from "./act";
import { Drawer } from "./drawer";
import { Gift, sold } from "./gift";
import { press } from "./keys";
import { Orders, find } from "./orders";
import { paper } from "./paper";
import { askForProduct } from "./products";
import { Sale, add } from "./sale";
import { listenKeys } from "./scanner";
import { messageOf, readTill, till } from "./state";
import { Waiting } from "./waiting";

const hasKeys = signal(localStorage.getItem("till.keys") !== "off");
const TABS = [["", "till.sale", "s"], ["/orders", "till.orders", "o"], ["/gift", "till.gift", "g"], ["/waiting", "till.waiting", "w"], ["/drawer", "till.drawer", "d"]] as const;

export default function TillPage({ rest }: { rest: string }) {
  const [failed, setFailed] = useState("");
  const tryAgain = () => resume().then((done) => {
    setFailed("");
    if (done?.charge) go(`/till/orders/${done.answer.order}?charge=${done.charge}`);
    else if (done?.route === "POST /api/till/orders") paper.value = { answer: done.answer, quote: null };
    else if (done?.route === "POST /api/desk/gift") sold.value = { answer: done.answer, good: String(done.fields.amount), until: String(done.fields.until ?? "") };
    return readTill();
  }).catch((error) => setFailed(messageOf(error)));
  useEffect(() => {
    if (isUnderWay()) void tryAgain(); // what was under way when the page was closed
    else readTill().catch((error) => setFailed(messageOf(error)));
  }, []);
  useEffect(() => listenKeys(
    (text) => void find(text),
    (key) => {
      const product = till.value?.products[Number(key) - 1];
      if (!hasKeys.value || press(key) || (!product && key !== "/")) return;
      go("/till");
      if (product) add(product.product);
      else askForProduct();
    }), []);
  if (!till.value) return failed ? <><p role="alert">{failed}</p><button type="button" onClick={() => void tryAgain()}>{t("till.tryAgain")}</button></> : <p class="note">{t("frame.loading")}</p>;
  return (
    <div class="till">
      <h1>{t("till.title")}</h1>
      {!till.value.day && <p role="alert">{t("till.noDay")}</p>}
      {failed && <p role="alert">{failed} <button type="button" onClick={() => void tryAgain()}>{t("till.tryAgain")}</button></p>}
      <nav class="tabs" aria-label={t("till.title")}>
        {TABS.map(([path, title, key]) => <a key={path} href={`/till${path}`} data-key={key} aria-keyshortcuts={key} aria-current={(path ? rest.startsWith(path) : !rest) ? "page" : undefined}>{t(title as Key)} <kbd aria-hidden="true">{key}</kbd></a>)}
        <label class="check keys"><input type="checkbox" checked={hasKeys.value} onChange={(e) => {
          hasKeys.value = e.currentTarget.checked;
          localStorage.setItem("till.keys", e.currentTarget.checked ? "on" : "off");
        }} /><span>{t("till.keys")}</span></label>
      </nav>
      {rest.startsWith("/orders") ? <Orders rest={rest.slice("/orders/".length)} /> : rest === "/gift" ? <Gift /> : rest === "/waiting" ? <Waiting take={() => go("/till")} /> : rest === "/drawer" ? <Drawer /> : <Sale />}
    </div>
  );
}
