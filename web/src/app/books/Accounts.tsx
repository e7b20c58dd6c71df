// Accounts.tsx - who works here, in which roles, and who needs a second step to sign in.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { call } from "../call";
import { ActionForm } from "../parts/action";
import { Scroll } from "../parts/scroll";
import { has } from "../session";
import { t, type Key } from "../words";
import { Once, type Given } from "./Once";

type Account = { name: string; roles: string; state: string; locked: boolean; once: boolean; two_step: boolean };
const accounts = signal<Account[]>([]), needing = signal("");
const ROLES = ["cashier", "gate", "planner", "manager", "auditor"] as const;
const roleText = (role: string): string => t(`books.role.${role}` as Key);

async function read(): Promise<void> {
  const answer = await call("POST /api/desk/accounts", {}) as { accounts: Account[]; two_step: string };
  accounts.value = answer.accounts;
  needing.value = answer.two_step;
}

const stateOf = (a: Account): string => (a.state === "ended" ? t("books.ended") : a.locked ? t("books.locked") : a.once ? t("books.once") : t("books.live"));

// Makes an account, or gives it another password or roles. `give` is told the password where the desk has made one.
async function save(fields: { key: string; name: string; once?: boolean; roles?: string }, give: (given: Given) => void): Promise<string | void> {
  const answer = (await call("POST /api/desk/account", fields)) as { status: string; password?: string };
  if (answer.status === "proposed") return t("books.proposedAccount");
  if (answer.password) give({ name: fields.name, password: answer.password });
  await read();
}

function Row({ account: a, give }: { account: Account; give: (given: Given) => void }) {
  return (
    <tr>
      <th scope="row">{a.name}</th>
      <td>{a.roles.split(" ").map(roleText).join(", ")}</td>
      <td>{stateOf(a)}</td>
      <td>{a.state === "ended" ? "" : a.two_step ? t("books.hasSecondStep") : t("books.noSecondStep")}</td>
      {has("manager") && <td>{a.state !== "ended" && (
        <div class="two">
          <ActionForm label={t("books.newPassword", { name: a.name })} work={(key) => save({ key, name: a.name, once: true }, give)} />
          <ActionForm label={t("books.endAccount", { name: a.name })} work={async (key) => {
            await call("POST /api/desk/account-end", { key, name: a.name });
            await read();
          }} />
        </div>
      )}</td>}
    </tr>
  );
}

function Roles({ legend, checked = "" }: { legend: string; checked?: string }) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {ROLES.map((r) => <label key={`${r}${checked}`} class="check"><input type="checkbox" name={r} defaultChecked={checked.split(" ").includes(r)} />{roleText(r)}</label>)}
    </fieldset>
  );
}
const rolesOf = (form: FormData): string => ROLES.filter((r) => form.get(r)).join(" ");

export function Accounts() {
  const [given, give] = useState<Given | null>(null);
  useEffect(() => void read(), []);
  const isManager = has("manager");
  return (
    <>
      {given && <Once given={given} />}
      <section>
        <h2>{t("books.accounts")}</h2>
        <Scroll label={t("books.accounts")}>
          <table>
            <thead><tr><th scope="col">{t("frame.account")}</th><th scope="col">{t("books.roles")}</th><th scope="col">{t("books.state")}</th><th scope="col">{t("books.secondStep")}</th>{isManager && <th scope="col"><span class="unseen">{t("books.end")}</span></th>}</tr></thead>
            <tbody>{accounts.value.map((a) => <Row account={a} give={give} key={a.name} />)}</tbody>
          </table>
        </Scroll>
      </section>
      {isManager && (
        <section class="narrow-form">
          <h2>{t("books.newAccount")}</h2>
          <p class="note">{t("books.newAccountIntro")}</p>
          <ActionForm label={t("books.save")} work={(key, form) => {
            const name = String(form.get("name")), roles = rolesOf(form), isNew = !accounts.value.some((a) => a.name === name && a.state !== "ended");
            return save({ key, name, ...(isNew ? { once: true } : {}), ...(roles ? { roles } : {}) }, give);
          }}>
            <label>{t("frame.account")}<input name="name" required pattern="[a-z0-9][a-z0-9\-]*" autocapitalize="none" autocomplete="off" /></label>
            <Roles legend={t("books.roles")} />
          </ActionForm>
        </section>
      )}
      {isManager && (
        <section class="narrow-form">
          <h2>{t("books.twoStepRule")}</h2>
          <p class="note">{t("books.twoStepRuleIntro")}</p>
          <ActionForm label={t("books.save")} work={async (key, form) => {
            await call("POST /api/desk/two-step", { key, roles: rolesOf(form) || "none" });
            return t("books.proposedRule");
          }}>
            <Roles legend={t("books.roles")} checked={needing.value} />
          </ActionForm>
        </section>
      )}
    </>
  );
}
