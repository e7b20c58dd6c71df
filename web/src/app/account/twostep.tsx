// twostep.tsx - the second step of signing in: begun with an app, its recovery codes, its end.
import { useState } from "preact/hooks";
import { call } from "../call";
import { ActionForm } from "../parts/action";
import { Qr } from "../parts/qr";
import { account, readSession } from "../session";
import { day, t } from "../words";
import { CodeField } from "./code";
import { own, readOwn } from "./state";
import { orRefused } from "./refused";

type Secret = { secret: string; address: string };
const given = (form: FormData) => ({ password: String(form.get("password")), ...(form.get("code") ? { code: String(form.get("code")) } : {}) });
const dateOf = (ms: number): string => day(new Date(ms).toISOString().slice(0, 10));

const Again = () => (
  <>
    <input type="text" name="username" autocomplete="username" value={account.value} readOnly hidden />
    <label>{t("account.now")}<input name="password" type="password" autocomplete="current-password" maxLength={200} required /></label>
  </>
);

// Shown once: nobody, the server included, can show them again.
function Codes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const file = URL.createObjectURL(new Blob([`${codes.join("\n")}\n`], { type: "text/plain" }));
  return (
    <div class="recovery" role="status">
      <h3>{t("account.codes")}</h3>
      <p>{t("account.codesOnce")}</p>
      <ul>{codes.map((c) => <li key={c}><code>{c}</code></li>)}</ul>
      <p class="two no-print">
        <a class="button" href={file} download="recovery-codes.txt">{t("account.codesSave")}</a>
        <button type="button" onClick={() => print()}>{t("account.codesPrint")}</button>
        <button type="button" onClick={() => { URL.revokeObjectURL(file); onDone(); }}>{t("account.codesDone")}</button>
      </p>
    </div>
  );
}

function Begin({ onCodes }: { onCodes: (codes: string[]) => void }) {
  const [secret, setSecret] = useState<Secret | null>(null);
  if (!secret)
    return (
      <>
        <p>{t("account.twoStepIntro")}</p>
        <ActionForm key="begin" label={t("account.twoStepBegin")} work={async () => void setSecret((await call("GET /api/account/two-step", {})) as Secret)} />
      </>
    );
  return (
    <>
      <ol class="steps">
        <li>{t("account.scan")} <a href={secret.address}>{t("account.openApp")}</a>
          <Qr text={secret.address} label={t("account.qr")} />
          <p class="note">{t("account.typeIt")} <code class="secret">{secret.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code></p>
        </li>
        <li>{t("account.tryIt")}</li>
      </ol>
      <ActionForm key="on" label={t("account.twoStepOn")} work={async (_key, form) => {
        const made = (await orRefused(call("POST /api/account/two-step", { ...given(form), code: String(form.get("code")), secret: secret.secret }))) as { codes: string[] };
        onCodes(made.codes);
        await readSession();
        await readOwn();
      }}>
        <Again />
        <CodeField isDigits />
      </ActionForm>
    </>
  );
}

function Kept({ onCodes }: { onCodes: (codes: string[]) => void }) {
  const has = own.value!;
  return (
    <>
      <p>{t("account.twoStepSince", { date: dateOf(has.two_step_ms) })} {t("account.codesLeft", { n: has.codes })}</p>
      <details>
        <summary>{t("account.codesNew")}</summary>
        <ActionForm label={t("account.codesNew")} work={async (_key, form) => {
          onCodes(((await orRefused(call("POST /api/account/codes", given(form)))) as { codes: string[] }).codes);
          await readOwn();
        }}><Again /><CodeField /></ActionForm>
      </details>
      <details>
        <summary>{t("account.twoStepOff")}</summary>
        <ActionForm label={t("account.twoStepOff")} work={async (_key, form) => {
          await orRefused(call("POST /api/account/two-step/end", given(form)));
          await readSession();
          await readOwn();
        }}><Again /><CodeField /></ActionForm>
      </details>
    </>
  );
}

export function TwoStep() {
  const [codes, setCodes] = useState<string[]>([]);
  return (
    <section>
      <h2>{t("account.twoStep")}</h2>
      {codes.length > 0 ? <Codes codes={codes} onDone={() => setCodes([])} />
        : own.value!.two_step_ms ? <Kept onCodes={setCodes} /> : <Begin onCodes={setCodes} />}
    </section>
  );
}
