// setup.tsx - makes a gate of this browser: where it stands, what people call it.
import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api-types";
import { Refusal, call } from "../call";
import { once } from "../parts/once";
import { langOf, named } from "../names";
import { t } from "../words";
import { allowSound } from "./signals";
import { makeGate, moveGate, self, trouble } from "./work";

type Entrance = Api["GET /api/gates"]["answer"]["entrances"][number];

export function Setup({ done }: { done?: () => void }) {
  const [entrances, setEntrances] = useState<Entrance[]>([]), [failed, setFailed] = useState(""), [isBusy, setBusy] = useState(false);
  const told = (error: unknown) => setFailed(error instanceof Refusal && error.reason !== "offline" ? error.message : t("gate.needsNetwork"));
  useEffect(() => void call("GET /api/gates", {}).then((a) => setEntrances(a.entrances), told), []);
  const own = trouble.value === "fork" ? undefined : self.value;
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const form = new FormData(e.currentTarget as HTMLFormElement), entrance = String(form.get("entrance"));
    const name = String(form.get("name")).trim() || (entrances.find((x) => x.entrance === entrance)?.name ?? entrance);
    allowSound();
    setBusy(true);
    setFailed("");
    try {
      await once("gate", (key) => (own ? moveGate(name, entrance, key) : makeGate(name, entrance, key)), { fields: { own: own?.number, name, entrance }, where: "page" });
      done?.();
    } catch (error) {
      told(error);
    }
    setBusy(false);
  };
  return (
    <section class="gate-setup">
      {own ? <h2>{t("gate.move")}</h2> : <h1>{t("gate.setup")}</h1>}
      {!own && <p>{t("gate.setupWhy")}</p>}
      <form onSubmit={(e) => void submit(e)}>
        <label>{t("gate.entrance")}
          <select name="entrance" required defaultValue={own?.entrance}>
            {entrances.map((e) => <option key={e.entrance} value={e.entrance} selected={e.entrance === own?.entrance} lang={langOf("entrances", e.entrance)}>{named("entrances", e.entrance, e.name)}</option>)}
          </select>
        </label>
        <label>{t("gate.name")}<input name="name" maxLength={40} defaultValue={own?.name} /></label>
        <p role="alert">{failed}</p>
        <button type="submit" class="main huge" disabled={isBusy || !entrances.length}>{t(own ? "gate.moveNow" : "gate.begin")}</button>
      </form>
    </section>
  );
}
