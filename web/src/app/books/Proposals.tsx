// Proposals.tsx - what takes two people: proposed by one, done when another agrees.
import { useState } from "preact/hooks";
import { call } from "../call";
import { ActionForm } from "../parts/action";
import { account, has } from "../session";
import { t, time } from "../words";
import { Once, type Given } from "./Once";
import { proposals, readBooks, zone, type Proposal } from "./data";

function fieldsText(fields: Proposal["fields"]): [string, string][] {
  return Object.entries(fields as Record<string, unknown>).filter(([name]) => name !== "key")
    .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
}

export function Proposals() {
  const [given, give] = useState<Given | null>(null);
  return (
    <>
    {given && <Once given={given} />}
    <section>
      <h2>{t("books.proposals")}</h2>
      {proposals.value.length === 0 && <p class="note">{t("books.noProposals")}</p>}
      {proposals.value.map((p) => (
        <article key={p.proposal} class="line">
          <h3>{p.what.replace(/^POST \/api\/(desk\/)?/, "")}</h3>
          <dl>{fieldsText(p.fields).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
          <p class="note">{t("books.proposedBy", { name: p.proposed_by, time: time(p.proposed_ms, zone.value) })}</p>
          <div class="two">
            {has("manager") && (p.proposed_by === account.value ? <p class="note">{t("books.another")}</p> : (
              <ActionForm label={t("books.agree")} work={async () => {
                const answer = (await call("POST /api/proposals/{proposal}/agree", {}, { proposal: String(p.proposal) })) as { name?: string; password?: string };
                if (answer.name && answer.password) give({ name: answer.name, password: answer.password });
                await readBooks();
              }} />
            ))}
            {has("manager", "cashier", "planner") && (
              <ActionForm label={p.proposed_by === account.value ? t("books.withdraw") : t("books.decline")} work={async () => {
                await call("POST /api/proposals/{proposal}/decline", {}, { proposal: String(p.proposal) });
                await readBooks();
              }} />
            )}
          </div>
        </article>
      ))}
    </section>
    </>
  );
}
