// drafts.tsx - the drafts that there are, and a new one.
import { useState } from "preact/hooks";
import { call } from "../call";
import { once } from "../parts/once";
import { go } from "../router";
import { number, t } from "../words";
import { drafts, readDrafts, slug, why } from "./state";
import { When } from "../parts/when";

function NewDraft() {
  const [failed, setFailed] = useState("");
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const title = String(new FormData(e.currentTarget as HTMLFormElement).get("title")).trim();
    const name = slug(title, "draft", (k) => k === "today" || drafts.value!.some((d) => d.name === k));
    try {
      await once("draft", (key) => call("PUT /api/plan/drafts/{draft}", { key, revision: 0, title, changes: [] }, { draft: name }), { fields: { name, title }, where: "page" });
      go(`/plan/drafts/${name}`);
    } catch (error) {
      setFailed(why(error));
    }
  };
  return (
    <form class="row" onSubmit={(e) => void submit(e)}>
      <label>{t("plan.newDraft")}<input name="title" required maxLength={120} placeholder={t("plan.newDraftHint")} /></label>
      <button type="submit" class="main" disabled={!drafts.value}>{t("plan.create")}</button>
      <p role="alert">{failed}</p>
    </form>
  );
}

export function Drafts() {
  const [failed, setFailed] = useState("");
  const remove = async (name: string, title: string) => {
    if (!confirm(t("plan.deleteDraft", { title }))) return;
    await call("DELETE /api/plan/drafts/{draft}", {}, { draft: name }).then(() => setFailed(""), (error) => setFailed(why(error)));
    await readDrafts().catch(() => undefined);
  };
  return (
    <section aria-labelledby="drafts-title">
      <h2 id="drafts-title">{t("plan.drafts")}</h2>
      <p class="note">{t("plan.draftsNote")}</p>
      <p role="alert">{failed}</p>
      {drafts.value?.length === 0 && <p class="empty">{t("plan.noDrafts")}</p>}
      <ul class="cards">
        {(drafts.value ?? []).map((d) => (
          <li key={d.name}>
            <a class="name" href={`/plan/drafts/${d.name}`}>{d.title}</a>
            <span class="note">{t("plan.changes", { n: d.changes })} · {d.who} · <When ms={d.changed_ms} /></span>
            <button type="button" onClick={() => void remove(d.name, d.title)} aria-label={t("plan.deleteNamed", { title: d.title })}>{t("plan.delete")}</button>
          </li>
        ))}
      </ul>
      <NewDraft />
      <p class="unseen" aria-live="polite">{drafts.value ? number(drafts.value.length) : ""}</p>
    </section>
  );
}
