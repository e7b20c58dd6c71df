// gift.tsx - a gift voucher is sold: what it is good for, until when, and its code, on the card that is scanned or made here.
import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../call";
import { amount } from "../parts/amount";
import { Qr } from "../parts/qr";
import { day, t } from "../words";
import { act, type Answer } from "./act";
import { Keyed } from "./keys";
import { Payments } from "./paper";
import { drawer, isDrawerOpen, messageOf, paymentsOf, readTill, till, type Tender } from "./state";
import { Tenders, emptyTender } from "./tender";

// Sold last, with what it is good for; also what a reload has found to have been sold.
export const sold = signal<{ answer: Answer; good: string; until: string } | null>(null);

// Nobody guesses it, and it can be read out: 60 random bits, without letters that look alike.
const LETTERS = "abcdefghjkmnpqrstuvwxyz234567890";
export const newVoucher = (): string => [...crypto.getRandomValues(new Uint8Array(12))].map((b) => LETTERS[b & 31]).join("").replace(/(.{4})(?=.)/g, "$1-");

function Card() {
  const { answer, until } = sold.value!, [good, setGood] = useState(sold.value!.good), title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus();
    void call("POST /api/till/find", { text: answer.code }).then((found) => setGood(found.voucher?.left ?? good), () => undefined); // as the desk writes it
  }, [answer]);
  return (
    <div class="paper" data-gift={answer.code}>
      <h3 tabIndex={-1} ref={title}>{t("till.giftSold", { amount: amount(good) })}</h3>
      <div class="pass"><Qr text={answer.code} label={t("till.giftCode")} />
        <div><strong>{till.value!.resort}</strong><br />{t("till.tender.voucher")}<br /><strong>{amount(good)}</strong><br /><span class="code">{answer.code}</span>{until && <><br />{t("till.until", { time: day(until) })}</>}</div></div>
      <Payments answer={answer} />
      <div class="row"><Keyed k="p" class="main" onClick={() => window.print()}>{t("till.print")}</Keyed><Keyed k="x" onClick={() => void (sold.value = null)}>{t("till.done")}</Keyed></div>
    </div>
  );
}

export function Gift() {
  const currencies = till.value!.currencies.map((c) => c.currency), home = currencies.includes("USD") ? "USD" : currencies[0] ?? "";
  const [good, setGood] = useState(""), [currency, setCurrency] = useState(home), [code, setCode] = useState(newVoucher), [until, setUntil] = useState("");
  const tenders = useSignal<Tender[]>([emptyTender(home)]), [failed, setFailed] = useState(""), busy = useRef(false);
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    if (busy.current) return;
    busy.current = true;
    setFailed("");
    const worth = `${good.trim().replace(",", ".")} ${currency}`;
    try {
      const answer = await act("POST /api/desk/gift", { code, amount: worth, ...(until ? { until } : {}), payments: paymentsOf(tenders.value.map((p) => ({ ...p, currency: p.currency || currency }))) });
      sold.value = { answer, good: worth, until };
      setGood("");
      setCode(newVoucher());
      tenders.value = [emptyTender(home)];
      void readTill();
    } catch (error) {
      setFailed(messageOf(error));
    }
    busy.current = false;
  };
  return (
    <section>
      <h2>{t("till.gift")}</h2>
      {sold.value ? <Card /> : (
        <form onSubmit={(e) => void submit(e)}>
          <div class="pair">
            <label>{t("till.giftGood")}<input name="good" value={good} inputMode="decimal" autocomplete="off" required pattern="[0-9]+([.,][0-9]+)?" onInput={(e) => setGood(e.currentTarget.value)} /></label>
            <label>{t("till.currency")}<select name="good-currency" value={currency} onChange={(e) => { setCurrency(e.currentTarget.value); tenders.value = [emptyTender(e.currentTarget.value)]; }}>{currencies.map((c) => <option key={c} value={c}>{c}</option>)}</select></label>
            <label>{t("till.giftUntil")}<input type="date" name="good-until" value={until} min={till.value!.day} onInput={(e) => setUntil(e.currentTarget.value)} /></label>
            <label>{t("till.giftCode")}<input name="gift-code" value={code} autocomplete="off" autocapitalize="none" spellcheck={false} required maxLength={40} pattern="[a-z0-9][a-z0-9\-]*" onInput={(e) => setCode(e.currentTarget.value.trim().toLowerCase())} /></label>
          </div>
          <Tenders list={tenders} home={currency} />
          {!isDrawerOpen.value && <p class="hold">{t("till.drawerIsClosed", { drawer: drawer.value })}</p>}
          <p role="alert">{failed}</p>
          <Keyed k="p" type="submit" class="main">{t("till.giftSell")}</Keyed>
        </form>
      )}
    </section>
  );
}
