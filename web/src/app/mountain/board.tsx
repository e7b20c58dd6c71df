// board.tsx - a lift, run or venue is said to be open, held or closed (act `board`).
import { useState } from "preact/hooks";
import { Refusal, call } from "../call";
import { once } from "../parts/once";
import { t } from "../words";
import { read, type Place } from "./state";
import { STATES, noteText, stateText } from "./words";

export function BoardForm({ place, name, done }: { place: Place; name: string; done: () => void }) {
  const [state, setState] = useState(place.source === "schedule" ? "scheduled" : place.state);
  const [note, setNote] = useState(place.source === "schedule" ? "" : place.note);
  const [failed, setFailed] = useState("");
  const [isBusy, setBusy] = useState(false);
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const fields = { place: place.key, state, note };
    setBusy(true);
    setFailed("");
    try {
      await once(`board-${place.key}`, (key) => call("POST /api/desk/board", { key, ...fields }), { fields, where: "page" });
      await Promise.race([read(), new Promise((after) => setTimeout(after, 300))]);
      done();
    } catch (error) {
      setFailed(error instanceof Refusal && error.reason !== "offline" && error.message ? error.message : t("frame.failed"));
    }
    setBusy(false);
  };
  return (
    <form class="board" onSubmit={(e) => void submit(e)} onKeyDown={(e) => void (e.key === "Escape" && done())} aria-label={t("mountain.changeOf", { name })}>
      <label>{t("mountain.state")}
        <select value={state} ref={(e) => void (e && document.activeElement?.closest("tr")?.nextElementSibling?.contains(e) && e.focus())} onChange={(e) => setState(e.currentTarget.value)}>
          {STATES.map((s) => <option key={s} value={s}>{s === "scheduled" ? t("mountain.bySchedule") : stateText(s)}</option>)}
        </select>
      </label>
      <label class="wide">{t("mountain.why")}
        <input value={note} maxLength={200} placeholder={noteText("wind")} onInput={(e) => setNote(e.currentTarget.value)} />
      </label>
      <button type="submit" class="main" disabled={isBusy}>{t("mountain.save")}</button>
      <button type="button" onClick={done}>{t("mountain.cancel")}</button>
      <p role="alert">{failed}</p>
    </form>
  );
}
