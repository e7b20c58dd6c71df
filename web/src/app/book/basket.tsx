// basket.tsx - what was chosen, what it costs and why, who it is for where the product asks, and ordering it.
//
// What is sent is kept until it is answered: after a reload it is sent again with the same code, and is the same order.
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../call";
import { named } from "../names";
import { Name } from "../parts/name";
import { amount } from "../parts/amount";
import { Holder } from "../parts/holder";
import { once } from "../parts/once";
import { go } from "../router";
import { date, t } from "../words";
import { Currency, WaitFor } from "./choose";
import { ORDERING, basket, currency, newCode, nationality, ordering, orders, positionsOf, remember, shop, type Item, type Need } from "./store";
import { Reasons, reasonOf, whyNot, type Line } from "./why";

type Quote = { lines: Line[]; total: string };

function useQuote(items: Item[], voucher: string) {
  const [state, set] = useState<{ quote: Quote | null; refused: unknown }>({ quote: null, refused: null });
  const wish = JSON.stringify([items, currency.value, voucher]);
  useEffect(() => {
    let over = false;
    if (!items.length) return set({ quote: null, refused: null });
    call("POST /api/shop/quote", { positions: positionsOf(items) as never, currency: currency.value, ...(voucher ? { voucher } : {}) })
      .then((a) => { if (!over) set({ quote: a as Quote, refused: null }); }, (refused: unknown) => { if (!over) set({ quote: null, refused }); });
    return () => void (over = true);
  }, [wish]);
  return state;
}

export function Basket() {
  const items = basket.value, all = shop.value!;
  const [voucher, setVoucher] = useState(""), [given, setGiven] = useState("");
  const [pay, setPay] = useState(all.providers.length ? "now" : "till");
  const [holders, setHolders] = useState<Record<string, object[]>>({});
  const [failed, setFailed] = useState<unknown>(null), [isBusy, setBusy] = useState(!!ordering());
  const { quote, refused } = useQuote(items, voucher);
  const send = useRef(false);

  const order = async (fields: object) => {
    if (send.current) return;
    send.current = true;
    setBusy(true);
    setFailed(null);
    try {
      const [code, a] = await once(ORDERING, async (code) => [code, await call("POST /api/shop/orders", { code, ...fields } as never)] as const,
        { fields, where: "tab", makeKey: newCode });
      remember(orders, { number: a.order, code });
      basket.value = [];
      go(`/book/orders/${a.order}#${code}`, true);
      document.getElementById("main")?.focus();
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
    send.current = false;
  };
  useEffect(() => {
    const sent = ordering();
    if (sent) void order(sent.fields as object);
  }, []);
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    const offer = items.find((i) => i.waiting);
    void order(ordering()?.fields as object ?? { positions: positionsOf(items, holders), currency: currency.value, ...(voucher ? { voucher } : {}), pay,
      ...(offer ? { waiting: offer.waiting, waiting_code: offer.waiting_code } : {}) });
  };
  if (isBusy && ordering()) return <section class="narrow-page"><h1>{t("book.ordering")}</h1><p role="status">{t("book.ordering.wait")}</p></section>;
  if (!items.length) return <section class="narrow-page"><h1>{t("book.nav.basket")}</h1><p>{t("book.basket.empty")}</p><p><a href="/book">{t("book.nav.choose")}</a></p></section>;
  const needs = items.flatMap((item) => needsOf(item).flatMap((need) => item.lines.flatMap((l) => Array.from({ length: l.count }, (_, i) => ({ id: `${item.id}/${l.class}/${i}`, item, cls: l.class, i, need })))));
  const soldOut = ["sold_out", "waiting", "quota_full"].includes(reasonOf(failed)) && failed !== null;
  return (
    <>
      <h1>{t("book.nav.basket")}</h1>
      <div class="tools-row"><Currency /></div>
      <section>
        <ul class="items">{items.map((item) => <Entry key={item.id} item={item} lines={linesOf(quote, items, item)} />)}</ul>
        {refused && !failed ? <p role="alert">{whyNot(refused)}</p> : null}
        {quote && <p class="total"><span>{t("book.total")}</span> <b>{amount(quote.total)}</b></p>}
        <form class="voucher" onSubmit={(e) => { e.preventDefault(); setVoucher(given.trim().toLowerCase()); }}>
          <label>{t("book.voucher")}<input value={given} onInput={(e) => setGiven(e.currentTarget.value)} autocapitalize="none" /></label>
          <button type="submit">{t("book.voucher.use")}</button>
        </form>
        <p class="note">{t("book.basket.kept")}</p>
      </section>
      <form onSubmit={submit}>
        {needs.length > 0 && (
          <section>
            <h2>{t("book.holders")}</h2>
            <p>{t("book.holders.why")}</p>
            {needs.map((n) => <Holder key={n.id + n.need.purpose} what={`${named("products", n.item.product, n.item.name)}: ${named("classes", n.cls, all.classes.find((c) => c.class === n.cls)?.name ?? n.cls)} ${n.i + 1}`} isFirst={n.i === 0} need={n.need} set={(data) => setHolders((h) => ({ ...h, [n.id]: [...(h[n.id] ?? []).filter((x) => (x as { purpose: string }).purpose !== n.need.purpose), { purpose: n.need.purpose, data }] }))} />)}
          </section>
        )}
        <section>
          <fieldset class="pay">
            <legend><h2>{t("book.pay")}</h2></legend>
            {all.providers.length > 0 && <label class="choice"><input type="radio" name="pay" checked={pay === "now"} onChange={() => setPay("now")} /><span>{t("book.pay.now", { n: all.hold_s / 60 })}</span></label>}
            <label class="choice"><input type="radio" name="pay" checked={pay === "till"} onChange={() => setPay("till")} /><span>{t("book.pay.till", { n: all.till_s / 3600 })}</span></label>
          </fieldset>
          {failed ? <p role="alert">{whyNot(failed)}</p> : null}
          {soldOut && items.map((item) => <WaitFor key={item.id} product={item} day={item.date} time={item.time} lines={item.lines} free={0} again={() => undefined} />)}
          <button type="submit" class="main wide" disabled={isBusy || !quote}>{t("book.order")}</button>
          <p class="note">{t("book.order.note")}</p>
        </section>
      </form>
    </>
  );
}

// The lines of the quote that are an item's: they come in the order of the positions.
function linesOf(quote: Quote | null, items: Item[], item: Item): Line[] {
  if (!quote) return [];
  let first = 1;
  for (const i of items) {
    const count = i.lines.reduce((n, l) => n + l.count, 0);
    if (i.id === item.id) return quote.lines.filter((l) => l.position >= first && l.position < first + count);
    first += count;
  }
  return [];
}

function Entry({ item, lines }: { item: Item; lines: Line[] }) {
  const classes = shop.value!.classes;
  return (
    <li>
      <div class="item-head">
        <div><h2><Name of="products" id={item.product}>{item.name}</Name></h2><p>{date(item.date)}{item.time ? `, ${item.time}` : ""}</p></div>
        <button type="button" aria-label={t("book.remove.of", { name: named("products", item.product, item.name) })} onClick={() => (basket.value = basket.value.filter((i) => i.id !== item.id))}>{t("book.remove")}</button>
      </div>
      {item.waiting ? <p class="note">{t("book.isOffer")}</p> : null}
      {lines.length ? lines.map((l) => (
        <details key={l.position} open>
          <summary><span>{t("book.line", { n: l.count, class: named("classes", l.class, l.reasons.class_name) })}</span> <b>{amount(l.amount)}</b></summary>
          <Reasons line={l} />
        </details>
      )) : <p>{item.lines.map((l) => t("book.line", { n: l.count, class: named("classes", l.class, classes.find((c) => c.class === l.class)?.name ?? l.class) })).join(", ")}</p>}
      {item.nationality && item.nationality !== nationality.value ? <p class="note">{t("book.nationality")}: {item.nationality}</p> : null}
    </li>
  );
}

const needsOf = (item: Item): Need[] => shop.value!.products.find((p) => p.product === item.product)?.needs.filter((n) => n.required) ?? [];
