// password.tsx - another password, and how likely it would be guessed.
import { useEffect, useState } from "preact/hooks";
import { call } from "../call";
import { ActionForm } from "../parts/action";
import { account, changePassword } from "../session";
import { t } from "../words";
import { readOwn } from "./state";
import { orRefused } from "./refused";

type Strength = { bits: number; fault: string };
const MUCH = 60; // bits at which the bar is full
const levelOf = (s: Strength) => (s.fault ? "account.weak" : s.bits < 40 ? "account.fair" : "account.strong");

// Asked a moment after the last letter; of letters that were typed meanwhile nothing is shown.
function useStrength(chosen: string): Strength | null {
  const [strength, setStrength] = useState<{ of: string; is: Strength } | null>(null);
  useEffect(() => {
    if (!chosen) return;
    const timer = setTimeout(() => void call("POST /api/account/strength", { password: chosen }).then((is) => setStrength({ of: chosen, is: is as Strength }), () => undefined), 300);
    return () => clearTimeout(timer);
  }, [chosen]);
  return strength?.of === chosen ? strength.is : null;
}

export function Password() {
  const [chosen, setChosen] = useState("");
  const [isShown, setShown] = useState(false);
  const strength = useStrength(chosen), type = (isShown ? "text" : "password") as "password"; // of which the types want one
  return (
    <section>
      <h2>{t("account.password")}</h2>
      <ActionForm label={t("account.change")} work={async (_key, form) => {
        await orRefused(changePassword(String(form.get("password")), String(form.get("chosen"))));
        setChosen("");
        await readOwn();
        return t("account.changed");
      }}>
        <input type="text" name="username" autocomplete="username" value={account.value} readOnly hidden />
        <label>{t("account.now")}<input name="password" type={type} autocomplete="current-password" maxLength={200} required /></label>
        <label>
          {t("account.chosen")}
          <input name="chosen" type={type} autocomplete="new-password" minLength={12} maxLength={200} required aria-describedby="strength" value={chosen} onInput={(e) => setChosen(e.currentTarget.value)} />
        </label>
        <div id="strength" class="strength" aria-live="polite">
          {strength && <meter aria-label={t("account.strength")} min={0} max={MUCH} low={26.57} high={40} optimum={MUCH} value={Math.min(strength.bits, strength.fault ? 26 : MUCH)} />}
          <span class="note">{strength ? t(levelOf(strength)) : t("account.passwordNote")}</span>
        </div>
        <label class="check"><input type="checkbox" checked={isShown} onChange={(e) => setShown(e.currentTarget.checked)} />{t("account.show")}</label>
      </ActionForm>
    </section>
  );
}
