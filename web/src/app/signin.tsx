// signin.tsx - for those who work here. What was asked for comes after it.
import { useState } from "preact/hooks";
import { Refusal } from "./call";
import type { Room } from "./rooms";
import { go } from "./router";
import { account, demo, isSignedIn, must, signIn } from "./session";
import { CodeField } from "./account/code";
import { refused } from "./account/refused";
import { t } from "./words";

export function SignIn({ for: room }: { for?: Room }) {
  const [failed, setFailed] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [needsCode, setNeedsCode] = useState(false); // the password was right: the second step follows
  const enter = async (name: string, password: string, code = "") => {
    setBusy(true);
    setFailed("");
    try {
      await signIn(name, password, code);
      if (must.value) go("/account");
      else if (!room) go("/");
    } catch (error) {
      if (error instanceof Refusal && error.reason === "code_needed") setNeedsCode(true);
      else setFailed(refused(error));
    }
    setBusy(false);
  };
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    const form = new FormData(e.currentTarget as HTMLFormElement);
    void enter(String(form.get("name")), String(form.get("password")), String(form.get("code") ?? ""));
  };
  return (
    <section class="narrow">
      <h1>{t("frame.signIn")}</h1>
      {room && <p>{room.isOwn ? t("frame.forOwn") : isSignedIn.value ? t("frame.notFor", { page: t(room.title), name: account.value }) : t("frame.for", { page: t(room.title) })}</p>}
      <form onSubmit={submit}>
        <label>{t("frame.account")}<input name="name" autocomplete="username" autocapitalize="none" required onInput={() => setNeedsCode(false)} /></label>
        <label>{t("frame.password")}<input name="password" type="password" autocomplete="current-password" required /></label>
        {needsCode && <CodeField isFocused />}
        <p role="alert">{failed}</p>
        <button type="submit" class="main" disabled={isBusy}>{t("frame.signIn")}</button>
      </form>
      {demo.value.length > 0 && (
        <div class="demo-accounts">
          <h2>{t("frame.demo")}</h2>
          <p class="note">{t("frame.demoNote")}</p>
          {demo.value.map((d) => (
            <button type="button" key={d.account} disabled={isBusy} onClick={() => void enter(d.account, d.password)}>{t("frame.demoAs", { name: d.account })}</button>
          ))}
        </div>
      )}
    </section>
  );
}
