// demo.tsx - the demonstration: what has come of the played day, how fast it goes.
import { useState } from "preact/hooks";
import { call } from "../call";
import { isSignedIn } from "../session";
import { date, number, t } from "../words";
import { played } from "./state";

const SPEEDS = [1, 5, 20, 60, 300, 1200];

export function DemoPanel() {
  const [failed, setFailed] = useState(false);
  const now = played.value;
  if (!now) return null;
  const set = async (speed: number) => {
    setFailed(false);
    try {
      played.value = await call("POST /api/demo", { speed });
    } catch {
      setFailed(true);
    }
  };
  const figures = [["sold", now.sold], ["refused", now.refused], ["present", now.present], ["admitted", now.admitted], ["scans", now.scans]] as const;
  return (
    <section class="demo" aria-labelledby="demo-title">
      <h2 id="demo-title">{t("mountain.demo")}</h2>
      <p class="note">{t("mountain.demoNote", { day: date(now.date) })}</p>
      <dl>
        {figures.map(([key, value]) => <div key={key}><dt>{t(`mountain.demo.${key}`)}</dt><dd>{number(value)}</dd></div>)}
      </dl>
      {isSignedIn.value ? (
        <div class="speeds" role="group" aria-label={t("mountain.speed")}>
          <button type="button" aria-pressed={now.speed === 0} onClick={() => void set(now.speed === 0 ? 20 : 0)}>{now.speed === 0 ? t("mountain.goOn") : t("mountain.pause")}</button>
          {SPEEDS.map((s) => <button type="button" key={s} aria-pressed={now.speed === s} onClick={() => void set(s)}>{number(s)}×</button>)}
        </div>
      ) : <p><a href="/sign-in">{t("mountain.demoSignIn")}</a></p>}
      <p role="status" class="note">{now.note || (now.is_slowed ? t("mountain.slowed", { n: now.pace }) : "")}</p>
      <p role="alert">{failed ? t("frame.failed") : ""}</p>
    </section>
  );
}
