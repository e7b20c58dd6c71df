// Day.tsx - the business day: what was posted and booked, and closing it.
import { call } from "../call";
import { amount } from "../parts/amount";
import { Scroll } from "../parts/scroll";
import { ActionForm } from "../parts/action";
import { Name } from "../parts/name";
import { has } from "../session";
import { date, number, t } from "../words";
import { day, drawers, readBooks, report } from "./data";

export function Day() {
  if (!day.value) {
    return (
      <section>
        <h2>{t("books.day")}</h2>
        <p>{t("books.noDay")}</p>
        {has("manager") && (
          <ActionForm label={t("books.openDay")} work={async (key, form) => {
            await call("POST /api/desk/open", { key, date: String(form.get("date")) });
            await readBooks();
          }}>
            <label>{t("books.date")}<input type="date" name="date" required /></label>
          </ActionForm>
        )}
      </section>
    );
  }
  const open = drawers.value.filter((d) => d.open);
  return (
    <section>
      <h2>{date(day.value)}</h2>
      {report.value && (
        <>
          <Scroll label={t("books.booked")}>
            <table class="cards">
              <caption>{t("books.booked")}</caption>
              <thead><tr><th scope="col">{t("books.product")}</th><th scope="col">{t("books.class")}</th><th scope="col" class="number">{t("books.count")}</th><th scope="col" class="number">{t("books.amount")}</th></tr></thead>
              <tbody>
                {report.value.positions.map((p) => (
                  <tr key={`${p.product} ${p.class} ${p.amount}`}>
                    <th scope="row"><Name of="products" id={p.product}>{p.name || p.product}</Name></th><td><Name of="classes" id={p.class}>{p.class_name || p.class}</Name></td><td class="number">{number(p.count)}</td><td class="number">{amount(p.amount)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {report.value.positions.length === 0 && <p class="note">{t("books.nothing")}</p>}
          </Scroll>
          <Scroll label={t("books.posted")}>
            <table>
              <caption>{t("books.posted")}</caption>
              <thead><tr><th scope="col">{t("books.account")}</th><th scope="col" class="number">{t("books.amount")}</th></tr></thead>
              <tbody>
                {report.value.accounts.map((a) => (
                  <tr key={a.account + a.amount}><th scope="row">{a.account}</th><td class="number">{amount(a.amount)}</td></tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
      {has("manager") && (
        <>
          {open.length > 0 && <p class="note">{t("books.drawersOpen", { n: open.length, names: open.map((d) => d.drawer).join(", ") })}</p>}
          <ActionForm label={t("books.closeDay")} work={async (key, form) => {
            const next = String(form.get("next"));
            await call("POST /api/desk/close", { key, date: day.value, ...(next ? { next } : {}) });
            await readBooks();
          }}>
            <label>{t("books.next")}<input type="date" name="next" min={day.value} /></label>
          </ActionForm>
        </>
      )}
    </section>
  );
}
