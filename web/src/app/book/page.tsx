// page.tsx - Book: what is on sale, the basket, a guest's own orders, who may come.
import { useEffect } from "preact/hooks";
import { t, type Key } from "../words";
import { Basket } from "./basket";
import { Choose } from "./choose";
import { MyOrders } from "./mine";
import { Order } from "./order";
import { basket, ordering, orders, readShop, shop, shopFailed, waits } from "./store";
import { Waiting } from "./waiting";
import { Who } from "./who";

const PARTS: { at: string; title: Key; count?: () => number }[] = [
  { at: "", title: "book.nav.choose" },
  { at: "/basket", title: "book.nav.basket", count: () => basket.value.length },
  { at: "/orders", title: "book.nav.orders", count: () => orders.value.length + waits.value.length },
  { at: "/who", title: "book.nav.who" },
];

export default function Book({ rest }: { rest: string }) {
  useEffect(() => void readShop(), []);
  const at = rest.replace(/\/$/, ""), [, part, number] = at.split("/");
  return (
    <div class="book">
      <nav class="parts" aria-label={t("book.title")}>
        <ul>
          {PARTS.map((p) => {
            const count = p.count?.() ?? 0;
            return (
              <li key={p.at}>
                <a href={`/book${p.at}`} aria-current={at === p.at || (p.at && at.startsWith(p.at)) || (p.at === "/orders" && part === "waiting") ? "page" : undefined}>
                  {t(p.title)}{count ? <span class="count"> {count}</span> : null}
                </a>
              </li>
            );
          })}
        </ul>
      </nav>
      {part === "orders" && number ? <Order key={number} number={Number(number)} />
        : part === "waiting" && number ? <Waiting key={number} number={Number(number)} />
        : part === "orders" ? <MyOrders />
        : shopFailed.value && !shop.value ? <p role="alert">{t(shopFailed.value === "no_day" ? "book.no.day" : "frame.failed")} <button type="button" onClick={() => void readShop()}>{t("book.again")}</button></p>
        : !shop.value ? <p class="note">{t("frame.loading")}</p>
        : part === "basket" || ordering() ? <Basket />
        : part === "who" ? <Who />
        : <Choose />}
    </div>
  );
}
