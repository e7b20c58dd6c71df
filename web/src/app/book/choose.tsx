// choose.tsx - what is on sale: a product, who comes, a day and a time that are free; into the basket.
import { useEffect, useRef, useState } from "preact/hooks";
import { Refusal, call } from "../call";
import { on } from "../live";
import { langOf, named } from "../names";
import { amount } from "../parts/amount";
import { Calendar, addDays, lastOf, monthOf, type Day } from "../parts/calendar";
import { Name } from "../parts/name";
import { go } from "../router";
import { day as dayText, number, t, type Key } from "../words";
import { Nationality } from "./nationality";
import { basket, currency, nationality, newCode, shop, waits, type PriceClass, type Product } from "./store";
import { Reasons, whyNot, type Line } from "./why";

const KINDS: Record<string, Key> = {
  day: "book.kind.day", "half-day": "book.kind.day", "multi-day": "book.kind.day", season: "book.kind.day", points: "book.kind.day", programme: "book.kind.programme",
  lesson: "book.kind.lesson", rental: "book.kind.rental", session: "book.kind.session", room: "book.kind.room", meal: "book.kind.meal", other: "book.kind.other",
};

const whoIs = (c: PriceClass): string =>
  [c.age_until ? t("book.class.ages", { from: c.age_from, until: c.age_until }) : c.age_from ? t("book.class.from", { from: c.age_from }) : "",
    c.group_from > 1 ? t("book.class.group", { n: c.group_from }) : ""].filter(Boolean).join(", ");

export function Choose() {
  const all = shop.value!, wanted = new URLSearchParams(location.search).get("product") ?? "";
  const [chosen, setChosen] = useState(all.products.some((p) => p.product === wanted) ? wanted : "");
  const detail = useRef<HTMLElement>(null);
  const order = [...new Set(Object.values(KINDS))];
  const groups = [...new Set(all.products.map((p) => KINDS[p.kind] ?? KINDS.other))].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const product = all.products.find((p) => p.product === chosen);
  const pick = (key: string) => {
    setChosen(key);
    history.replaceState(null, "", `/book?product=${key}`);
    setTimeout(() => detail.current?.focus(), 0);
  };
  return (
    <>
      <h1>{t("book.choose", { resort: named("resort", "name", all.resort) })}</h1>
      <div class="tools-row"><Currency /><p class="note">{t("book.asOf", { date: dayText(all.day) })}</p></div>
      {!all.products.length && <p>{t("book.nothing")}</p>}
      <div class="products">
        {groups.map((g) => (
          <section key={g}>
            <h2>{t(g)}</h2>
            <ul>
              {all.products.filter((p) => (KINDS[p.kind] ?? KINDS.other) === g).map((p) => (
                <li key={p.product}>
                  <button type="button" class="product" aria-pressed={p.product === chosen} onClick={() => pick(p.product)}>
                    <b><Name of="products" id={p.product}>{p.name}</Name></b>
                    <span class="note">{[p.days > 1 ? t("book.days", { n: p.days }) : "", p.points ? t("book.points", { n: p.points }) : "", from(p)].filter(Boolean).join(" · ")}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      {product && <section ref={detail} tabIndex={-1} class="detail" aria-labelledby="product-title"><Detail key={product.product} product={product} /></section>}
    </>
  );
}

function from(p: Product): string {
  const sorted = [...p.prices].sort((a, b) => parseFloat(a.amount) - parseFloat(b.amount));
  return sorted.length ? t("book.from", { amount: amount(sorted[0].amount) }) : "";
}

export function Currency() {
  return (
    <label class="inline">{t("book.currency")}
      <select value={currency.value} onChange={(e) => (currency.value = e.currentTarget.value)}>
        {shop.value!.currencies.map((c) => <option key={c} value={c}>{c}</option>)}
      </select>
    </label>
  );
}

function Detail({ product }: { product: Product }) {
  const all = shop.value!;
  const start = all.first && all.first > all.day ? all.first : all.day;
  const [counts, setCounts] = useState<Record<string, number>>({});
  const [day, setDay] = useState(""), [time, setTime] = useState("");
  const [month, setMonth] = useState(monthOf(start));
  const classes = all.classes.filter((c) => product.prices.some((p) => p.class === c.class));
  const lines = classes.filter((c) => counts[c.class]).map((c) => ({ class: c.class, count: counts[c.class] }));
  const persons = lines.reduce((n, l) => n + l.count, 0);
  const { days, read } = useDays(product, month, lines.length === 1 ? lines[0].class : "", all.day);
  const { quote, refused } = useQuote(product, day, time, lines);
  const here = days.find((d) => d.date === day);
  const free = product.is_session && time ? here?.times?.find((s) => s.time === time)?.free : here?.free;
  const short = here !== undefined && free !== undefined && free < Math.max(1, persons);
  const view = new Map<string, Day>(days.map((d) => [d.date, dayOf(d.date, d.free, persons)]));
  const ready = day && persons > 0 && (!product.is_session || time);
  const add = () => {
    basket.value = [...basket.value, { id: crypto.randomUUID(), product: product.product, name: product.name, date: day, time, lines, nationality: nationality.value }];
    go("/book/basket");
    document.getElementById("main")?.focus();
  };
  return (
    <>
      <h2 id="product-title"><Name of="products" id={product.product}>{product.name}</Name></h2>
      <fieldset class="party">
        <legend>{t("book.who")}</legend>
        {classes.map((c) => {
          const prices = product.prices.filter((p) => p.class === c.class && (!day || ((!p.from || p.from <= day) && (!p.until || p.until >= day))));
          return <Stepper key={c.class} name={named("classes", c.class, c.name)} lang={langOf("classes", c.class)} note={[whoIs(c), prices.map((p) => (p.name ? `${named("prices", p.name, p.name)}: ` : "") + amount(p.amount)).join(", ")].filter(Boolean).join(" · ")}
            value={counts[c.class] ?? 0} most={all.persons_max} set={(n) => setCounts({ ...counts, [c.class]: n })} />;
        })}
        <p class="note">{t("book.shown")}</p>
        <Nationality day={day} />
      </fieldset>
      <div class="when">
        <h3>{t("book.when")}</h3>
        <Calendar month={month} days={view} chosen={day} first={all.day} last={all.last && all.last > all.day ? all.last : addDays(all.day, 400)} turn={setMonth}
          choose={(d) => { setDay(d); setTime(""); }} />
        {product.is_session && here?.times && (
          <fieldset class="times">
            <legend>{t("book.time")}</legend>
            {here.times.map((s) => (
              <label key={s.time} class={s.free < Math.max(1, persons) ? "full" : "free"}>
                <input type="radio" name="time" value={s.time} checked={time === s.time} onChange={() => setTime(s.time)} />
                <span>{s.time}</span> <span class="note">{s.free ? t("book.left", { n: s.free }) : t("book.full")}</span>
              </label>
            ))}
          </fieldset>
        )}
      </div>
      <div class="sum" aria-live="polite">
        {refused ? <p role="alert">{whyNot(refused)}</p> : null}
        {quote && (
          <>
            {quote.lines.map((l) => (
              <details key={l.position}>
                <summary><span>{t("book.line", { n: l.count, class: l.reasons.class_name })}</span> <b>{amount(l.amount)}</b></summary>
                <Reasons line={l} />
              </details>
            ))}
            <p class="total"><span>{t("book.total")}</span> <b>{amount(quote.total)}</b></p>
          </>
        )}
        {!ready && <p class="note">{t(persons === 0 ? "book.needWho" : !day ? "book.needDay" : "book.needTime")}</p>}
      </div>
      {short && ready ? <WaitFor product={product} day={day} time={time} lines={lines} free={free ?? 0} again={read} />
        : <button type="button" class="main wide" disabled={!ready || !!refused} onClick={add}>{t("book.add")}</button>}
    </>
  );
}

function dayOf(day: string, free: number | undefined, persons: number): Day {
  const need = Math.max(1, persons), full = free !== undefined && free < need;
  const label = free === undefined ? t("book.any") : free === 0 ? t("book.full") : full ? t("book.tooFew", { n: free }) : t("book.left", { n: free });
  return { date: day, text: free === undefined ? "" : number(free), label, state: full ? "full" : free !== undefined && free < 20 ? "few" : "free" };
}

type Free = { date: string; free?: number; times?: { time: string; free: number }[] };

// Read anew when somebody else's order has changed what is free.
function useDays(product: Product, month: string, cls: string, today: string): { days: Free[]; read: () => void } {
  const [days, setDays] = useState<Free[]>([]);
  const read = () => {
    const from = `${month}-01` < today ? today : `${month}-01`;
    call("GET /api/shop/calendar", { product: product.product, from, until: lastOf(month), ...(cls ? { class: cls } : {}) })
      .then((a) => setDays(a.days as Free[]), () => setDays([]));
  };
  useEffect(() => {
    read();
    return on("free", read);
  }, [product.product, month, cls]);
  return { days, read };
}

function useQuote(product: Product, day: string, time: string, lines: { class: string; count: number }[]) {
  const [quote, setQuote] = useState<{ lines: Line[]; total: string } | null>(null);
  const [refused, setRefused] = useState<Refusal | null>(null);
  const wish = JSON.stringify([day, time, lines, currency.value, nationality.value]);
  useEffect(() => {
    let over = false;
    setRefused(null);
    if (!lines.length || !day) return setQuote(null);
    const positions = lines.map((l) => ({ product: product.product, date: day, ...(time ? { time } : {}),
      ...(nationality.value ? { persons: Array.from({ length: l.count }, () => ({ class: l.class, nationality: nationality.value })) } : { class: l.class, count: l.count }) }));
    call("POST /api/shop/quote", { positions, currency: currency.value }).then((a) => {
      if (!over) setQuote(a as { lines: Line[]; total: string });
    }, (error: unknown) => {
      if (over) return;
      setQuote(null);
      setRefused(error instanceof Refusal ? error : null);
    });
    return () => void (over = true);
  }, [wish]);
  return { quote, refused };
}

// A number counts as it is typed: what is drawn anew meanwhile, by news of what is free, would put the old one back.
export function Stepper({ name, lang, note, value, most, set }: { name: string; lang?: string; note: string; value: number; most: number; set: (n: number) => void }) {
  return (
    <div class="stepper" role="group" aria-label={name}>
      <div><b lang={lang}>{name}</b><span class="note">{note}</span></div>
      <div class="steps">
        <button type="button" aria-label={t("book.fewer", { name })} disabled={value <= 0} onClick={() => set(value - 1)}>−</button>
        <input type="number" inputMode="numeric" min={0} max={most} value={value} aria-label={t("book.howMany", { name })}
          onInput={(e) => e.currentTarget.value !== "" && set(Math.max(0, Math.min(most, Math.floor(Number(e.currentTarget.value)) || 0)))} />
        <button type="button" aria-label={t("book.more", { name })} disabled={value >= most} onClick={() => set(value + 1)}>+</button>
      </div>
    </div>
  );
}

type WaitProps = { product: { product: string; name: string }; day: string; time: string; lines: { class: string; count: number }[]; free: number; again: () => void };

// Sold out for so many: they may wait, and are offered what comes back.
export function WaitFor({ product, day, time, lines, free, again }: WaitProps) {
  const [failed, setFailed] = useState<unknown>(null), [isBusy, setBusy] = useState(false);
  const count = lines.reduce((n, l) => n + l.count, 0);
  const wait = async () => {
    const code = newCode();
    setBusy(true);
    setFailed(null);
    try {
      const a = await call("POST /api/shop/waiting", { code, product: product.product, date: day, ...(time ? { time } : {}), count, ...(lines.length === 1 ? { class: lines[0].class } : {}) });
      waits.value = [{ number: a.waiting, code, product: product.product, name: product.name, date: day, time, lines }, ...waits.value];
      go(`/book/waiting/${a.waiting}#${code}`);
    } catch (error) {
      setFailed(error);
      again();
    }
    setBusy(false);
  };
  return (
    <div class="wait-for">
      <p>{free ? t("book.shortBy", { n: free }) : t("book.soldOut")} {t("book.waitingTells")}</p>
      {failed ? <p role="alert">{whyNot(failed)}</p> : null}
      <button type="button" class="main" disabled={isBusy} onClick={() => void wait()}>{t("book.wait")}</button>
    </div>
  );
}
