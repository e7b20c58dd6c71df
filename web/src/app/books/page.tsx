// page.tsx - the books: the business day, drawers, the ledger, agencies, what waits for a second person, accounts.
import { Accounts } from "./Accounts";
import { Agencies } from "./Agencies";
import { Day } from "./Day";
import { Drawers } from "./Drawers";
import { Files } from "./Files";
import { Ledger } from "./Ledger";
import { Proposals } from "./Proposals";
import { useBooks } from "./data";
import { t, type Key } from "../words";

const PARTS: [string, Key, () => preact.JSX.Element][] = [
  ["day", "books.day", Day],
  ["drawers", "books.drawers", Drawers],
  ["ledger", "books.ledger", Ledger],
  ["agencies", "books.agencies", Agencies],
  ["proposals", "books.proposals", Proposals],
  ["files", "books.files", Files],
  ["accounts", "books.accounts", Accounts],
];

export default function Books({ rest }: { rest: string }) {
  useBooks();
  const [, , Part] = PARTS.find(([key]) => rest === `/${key}`) ?? PARTS[0];
  return (
    <>
      <h1>{t("books.title")}</h1>
      <nav aria-label={t("books.title")} class="tabs">
        <ul>
          {PARTS.map(([key, title, P]) => (
            <li key={key}><a href={`/books/${key}`} aria-current={P === Part ? "page" : undefined}>{t(title)}</a></li>
          ))}
        </ul>
      </nav>
      <Part />
    </>
  );
}
