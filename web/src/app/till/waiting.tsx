// waiting.tsx - who waits for a place, and what was offered to them.
import { useState } from "preact/hooks";
import { t, time } from "../words";
import { act } from "./act";
import { Keyed } from "./keys";
import { messageOf, offer, readTill, till } from "./state";

export function Waiting({ take }: { take: () => void }) {
  const [failed, setFailed] = useState(""), [told, setTold] = useState("");
  const run = async (route: Parameters<typeof act>[0], fields: Record<string, unknown>) => {
    setFailed("");
    try {
      const answer = await act(route, fields);
      setTold(answer.waiting ? t("till.waits", { n: answer.before as number }) : t("till.isDone"));
      await readTill();
    } catch (error) {
      setFailed(messageOf(error));
    }
  };
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    const form = new FormData(e.currentTarget as HTMLFormElement);
    void run("POST /api/desk/wait", { resource: form.get("resource"), slot: form.get("slot"), count: Number(form.get("count")), contact: form.get("contact") });
  };
  const { waiting, offers, zone, day } = till.value!;
  return (
    <section>
      <h2>{t("till.waiting")}</h2>
      <form class="pair" onSubmit={submit}>
        <label>{t("till.forWhat")}<input name="resource" defaultValue="visit" required maxLength={80} /></label>
        <label>{t("till.when")}<input name="slot" defaultValue={day} required maxLength={40} /></label>
        <label>{t("till.persons")}<input name="count" type="number" min={1} max={10000} defaultValue="1" required /></label>
        <label>{t("till.contact")}<input name="contact" required maxLength={40} pattern="[a-z0-9][a-z0-9\-]*" autocapitalize="none" /></label>
        <Keyed k="p" type="submit" class="main">{t("till.putOn")}</Keyed>
      </form>
      <p role="alert">{failed}</p>
      <p role="status">{told}</p>
      <h3>{t("till.offers")}</h3>
      {!offers.length && <p class="note">{t("till.none")}</p>}
      <ul class="plain">
        {offers.map((o) => (
          <li key={o.order}><span>{o.contact || "–"} · {t("till.personsN", { n: o.count })} · {t("till.until", { time: time(o.until_ms, zone) })}</span>
            <button type="button" onClick={() => (void (offer.value = o.order), take())}>{t("till.takeUp")}</button></li>
        ))}
      </ul>
      <h3>{t("till.waitingNow")}</h3>
      {!waiting.length && <p class="note">{t("till.none")}</p>}
      <ul class="plain">
        {waiting.map((w) => (
          <li key={w.waiting}><span>{w.contact || "–"} · {t("till.personsN", { n: w.count })} · {w.resource}, {w.slot}</span>
            <button type="button" onClick={() => void run("POST /api/desk/leave", { waiting: w.waiting })}>{t("till.takeOff")}</button></li>
        ))}
      </ul>
    </section>
  );
}
