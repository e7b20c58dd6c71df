// Files.tsx - the journal for other programs, and the audit of all of it.
import { useState } from "preact/hooks";
import type { Api } from "../api-types";
import { call } from "../call";
import { ActionForm } from "../parts/action";
import { number, t } from "../words";

type Audit = Api["POST /api/books/audit"]["answer"];

export function Files() {
  const [found, setFound] = useState<Audit | null>(null);
  return (
    <>
      <section>
        <h2>{t("books.files")}</h2>
        <p>{t("books.filesIntro")}</p>
        <ul class="links">
          <li><a href="/api/books/export/hledger" download="piste.journal">hledger</a></li>
          <li><a href="/api/books/export/beancount" download="piste.beancount">beancount</a></li>
        </ul>
      </section>
      <section>
        <h2>{t("books.audit")}</h2>
        <p>{t("books.auditIntro")}</p>
        <ActionForm label={t("books.auditNow")} work={async () => {
          const audit = await call("POST /api/books/audit", {});
          setFound(audit);
          return audit.problems.length ? t("books.problems", { n: audit.problems.length }) : t("books.allAgrees");
        }} />
        {found && (
          <dl>
            <div><dt>{t("books.entries")}</dt><dd>{number(found.entries)}</dd></div>
            <div><dt>{t("books.postings")}</dt><dd>{number(found.postings)}</dd></div>
            <div><dt>{t("books.hash")}</dt><dd><code>{found.hash}</code></dd></div>
          </dl>
        )}
        {found && found.problems.length > 0 && <ul>{found.problems.map((p) => <li key={p.text}>{p.text}</li>)}</ul>}
      </section>
    </>
  );
}
