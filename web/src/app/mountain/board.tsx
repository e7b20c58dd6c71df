// board.tsx - a lift, run or venue is said to be open, held or closed (act `board`).
import { useRef, useState } from "preact/hooks";
import { Refusal, call, newKey } from "../call";
import { t } from "../words";
import { read, type Place } from "./state";
import { STATES, nameOf, noteText, stateText } from "./words";

export function BoardForm({ place, done }: { place: Place; done: () => void }) {
  const [state, setState] = useState(place.source === "schedule" ? "scheduled" : place.state);
  const [note, setNote] = useState(place.source === "schedule" ? "" : place.note);
  const [failed, setFailed] = useState("");
  const [isBusy, setBusy] = useState(false);
  // What is sent again has the key that it had: it happens once, however often it is sent.
  const sent = useRef({ what: "", key: "" });
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const what = JSON.stringify([place.key, state, note]);
    if (sent.current.what !== what) sent.current = { what, key: newKey() };
    setBusy(true);
    setFailed("");
    try {
      await call("POST /api/desk/board", { key: sent.current.key, place: place.key, state, note });
      await Promise.race([read(), new Promise((after) => setTimeout(after, 300))]);
      done();
    } catch (error) {
      setFailed(error instanceof Refusal && error.reason !== "offline" && error.message ? error.message : t("frame.failed"));
    }
    setBusy(false);
  };
  return (
    <form class="board" onSubmit={(e) => void submit(e)} onKeyDown={(e) => void (e.key === "Escape" && done())} aria-label={t("mountain.changeOf", { name: nameOf(place) })}>
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
