// products.tsx - what there is to sell, as buttons with a number each. Nine have a key; any is found by letters of its name.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { Name } from "../parts/name";
import { t } from "../words";
import { matches } from "./match";
import { isScanned, paceOf, type Pace } from "./scanner";
import { till } from "./state";

const NUMBERED = 9; // that have a key of their own
const wanted = signal(false); // the field is asked for by its key, perhaps from another screen

export const askForProduct = (): void => void (wanted.value = true);

type Props = { add: (product: string) => void; scanned: (text: string) => void };

export function Products({ add, scanned }: Props) {
  const [text, setText] = useState(""), field = useRef<HTMLInputElement>(null), pace = useRef<Pace>({ count: 0, firstMs: 0, lastMs: 0 });
  const found = matches(till.value!.products, text), isAsked = text.trim() !== "";
  useEffect(() => {
    if (!wanted.value) return;
    wanted.value = false;
    field.current?.focus();
  }, [wanted.value]);
  const clear = () => {
    setText("");
    pace.current = { count: 0, firstMs: 0, lastMs: 0 };
  };
  const take = (product: string) => {
    clear();
    field.current?.blur(); // the keys work again
    add(product);
  };
  const press = (e: KeyboardEvent) => {
    if (e.isComposing || e.keyCode === 229) return; // what Enter ends is a word of the input method
    if (e.key !== "Enter") return void (pace.current = paceOf(pace.current, e));
    e.preventDefault();
    const isCode = isScanned(pace.current, text);
    if (!isCode && isAsked && found[0]) return take(found[0].product.product);
    if (!isCode) return;
    clear();
    field.current?.blur();
    scanned(text.trim());
  };
  return (
    <section class="products">
      <h2>{t("till.products")}</h2>
      <label class="seek"><span>{t("till.seek")} <kbd aria-hidden="true">/</kbd></span>
        <input ref={field} name="seek" data-key="/" aria-keyshortcuts="/" value={text} autocomplete="off" autocapitalize="none" spellcheck={false} maxLength={300}
          onInput={(e) => setText(e.currentTarget.value)} onKeyDown={press} onBlur={() => (pace.current = { count: 0, firstMs: 0, lastMs: 0 })} />
      </label>
      <p class="unseen" role="status">{isAsked && (found[0] ? t("till.seekFound", { n: found.length, first: found[0].product.name }) : t("till.seekNothing"))}</p>
      {isAsked && !found.length && <p class="note" aria-hidden="true">{t("till.seekNothing")}</p>}
      <div class="grid">
        {found.map(({ product: p, number }, i) => (
          <button type="button" key={p.product} class={isAsked && i === 0 ? "first" : ""} data-product={p.product} onClick={() => take(p.product)}>
            <kbd aria-hidden="true">{isAsked && i === 0 ? "↵" : number > NUMBERED ? `/${number}` : number}</kbd><span><Name of="products" id={p.product}>{p.name}</Name></span>
          </button>
        ))}
      </div>
    </section>
  );
}
