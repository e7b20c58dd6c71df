// Accounts.tsx - who works here, and in which roles.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call } from "../call";
import { ActionForm } from "../parts/action";
import { Scroll } from "../parts/scroll";
import { has } from "../session";
import { t, type Key } from "../words";

type Account = { name: string; roles: string; state: string; locked: boolean };
const accounts = signal<Account[]>([]);
const read = async () => void (accounts.value = (await call("POST /api/desk/accounts", {})).accounts as Account[]);
const ROLES = ["cashier", "gate", "planner", "manager", "auditor"] as const;

export function Accounts() {
  useEffect(() => void read(), []);
  const isManager = has("manager");
  return (
    <>
      <section>
        <h2>{t("books.accounts")}</h2>
        <Scroll label={t("books.accounts")}>
          <table>
            <thead><tr><th scope="col">{t("frame.account")}</th><th scope="col">{t("books.roles")}</th><th scope="col">{t("books.state")}</th>{isManager && <th scope="col"><span class="unseen">{t("books.end")}</span></th>}</tr></thead>
            <tbody>
              {accounts.value.map((a) => (
                <tr key={a.name}>
                  <th scope="row">{a.name}</th>
                  <td>{a.roles.split(" ").map((r) => t(`books.role.${r}` as Key)).join(", ")}</td>
                  <td>{a.state === "ended" ? t("books.ended") : a.locked ? t("books.locked") : t("books.live")}</td>
                  {isManager && <td>{a.state !== "ended" && (
                    <ActionForm label={t("books.endAccount", { name: a.name })} work={async (key) => {
                      await call("POST /api/desk/account-end", { key, name: a.name });
                      await read();
                    }} />
                  )}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </section>
      {isManager && (
        <section class="narrow-form">
          <h2>{t("books.newAccount")}</h2>
          <p class="note">{t("books.newAccountIntro")}</p>
          <ActionForm label={t("books.save")} work={async (key, form) => {
            const roles = ROLES.filter((r) => form.get(r)).join(" ");
            const password = String(form.get("password"));
            await call("POST /api/desk/account", { key, name: String(form.get("name")), ...(password ? { password } : {}), ...(roles ? { roles } : {}) });
            await read();
          }}>
            <label>{t("frame.account")}<input name="name" required pattern="[a-z0-9][a-z0-9\-]*" autocapitalize="none" autocomplete="off" /></label>
            <label>{t("frame.password")}<input name="password" type="password" minLength={12} autocomplete="new-password" /></label>
            <fieldset>
              <legend>{t("books.roles")}</legend>
              {ROLES.map((r) => <label key={r} class="check"><input type="checkbox" name={r} />{t(`books.role.${r}` as Key)}</label>)}
            </fieldset>
          </ActionForm>
        </section>
      )}
    </>
  );
}
