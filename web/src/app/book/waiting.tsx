// waiting.tsx - a place in the waiting list: who is before, the offer when it comes, leaving.
import { useEffect, useState } from "preact/hooks";
import { Refusal, call } from "../call";
import { on } from "../live";
import { Name } from "../parts/name";
import { once } from "../parts/once";
import { go } from "../router";
import { date, t } from "../words";
import { basket, codeOf, nationality, shop, waits } from "./store";
import { Left, moment, type Moment } from "./time";
import { reasonOf, whyNot } from "./why";

type Told = { state: string; before: number; until_ms?: number; at_ms: number; count: number; slot: string };
const LOOK_MS = 4000;

export function Waiting({ number }: { number: number }) {
  const code = codeOf(waits.value, number), own = waits.value.find((w) => w.number === number);
  const [told, setTold] = useState<Told | null>(null), [now, setNow] = useState<Moment>(moment(0)), [failed, setFailed] = useState<unknown>(null);
  const look = async () => {
    try {
      if (!code) throw new Refusal(404, "no_order", ""); // as the server would say
      const a = (await call("POST /api/shop/waiting/{waiting}", { code }, { waiting: String(number) })) as Told;
      setNow(moment(a.at_ms));
      setTold(a);
      setFailed(null);
    } catch (error) {
      setFailed(error);
    }
  };
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), LOOK_MS), off = on("free", () => void look());
    return () => { clearInterval(timer); off(); };
  }, [number, code]);
  const leave = async () => {
    try {
      setTold((await once(`leave-${number}`, (key) => call("POST /api/shop/waiting/{waiting}/leave", { code, key }, { waiting: String(number) }))) as Told);
      waits.value = waits.value.filter((w) => w.number !== number);
    } catch (error) {
      setFailed(error);
    }
  };
  const take = () => {
    if (!own) return;
    basket.value = [{ id: crypto.randomUUID(), product: own.product, name: own.name, date: own.date, time: own.time, lines: own.lines, nationality: nationality.value, waiting: number, waiting_code: code }];
    go("/book/basket");
    document.getElementById("main")?.focus();
  };
  if (failed && !told) return <section class="narrow-page"><h1>{t("book.waiting")}</h1><p role="alert">{reasonOf(failed) === "no_order" ? t("book.no.order") : whyNot(failed)}</p></section>;
  if (!told) return <p class="note">{t("frame.loading")}</p>;
  return (
    <section class="narrow-page">
      <h1>{t("book.waiting")}</h1>
      {own && <p><b><Name of="products" id={own.product}>{own.name}</Name></b>, {date(own.date)}{own.time ? `, ${own.time}` : ""}</p>}
      <div aria-live="polite">
        {told.state === "waiting" && <p>{told.before ? t("book.waiting.before", { n: told.before }) : t("book.waiting.first")}</p>}
        {told.state === "offered" && <p class="offer">{t("book.waiting.offered")}</p>}
        {told.state === "ended" && <p>{t("book.waiting.ended")}</p>}
      </div>
      {told.state === "waiting" && <p class="note">{t("book.waiting.how")}</p>}
      {told.state === "offered" && told.until_ms !== undefined && <p>{t("book.timeLeft")} <Left until={told.until_ms} now={now} over={() => void look()} /></p>}
      {told.state === "offered" && !own && <p>{t("book.waiting.elsewhere")}</p>}
      {failed ? <p role="alert">{whyNot(failed)}</p> : null}
      <p class="buttons">
        {told.state === "offered" && own && <button type="button" class="main" disabled={!shop.value} onClick={take}>{t("book.waiting.take")}</button>}
        {told.state !== "ended" && <button type="button" onClick={() => void leave()}>{t(told.state === "offered" ? "book.waiting.giveUp" : "book.waiting.leave")}</button>}
      </p>
    </section>
  );
}
