// sessions.tsx - where the account is signed in.
import { call } from "../call";
import { ActionForm } from "../parts/action";
import { Scroll } from "../parts/scroll";
import { When } from "../parts/when";
import { t } from "../words";
import { own, readOwn } from "./state";

const end = async (session?: string) => {
  await call("POST /api/account/sessions/end", session ? { session } : {});
  await readOwn();
};

export function Sessions() {
  const list = own.value!.sessions;
  return (
    <section>
      <h2>{t("account.sessions")}</h2>
      <Scroll label={t("account.sessions")}>
        <table>
          <thead><tr><th scope="col">{t("account.browser")}</th><th scope="col">{t("account.begun")}</th><th scope="col">{t("account.seen")}</th><th scope="col"><span class="unseen">{t("account.end")}</span></th></tr></thead>
          <tbody>
            {list.map((s) => (
              <tr key={s.session}>
                <th scope="row">{s.browser || t("account.unknown")}</th>
                <td><When ms={s.begun_ms} /></td>
                <td><When ms={s.seen_ms} /></td>
                <td>{s.is_own ? t("account.here") : <ActionForm label={t("account.end")} work={() => end(s.session)} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {list.length > 1 && <ActionForm label={t("account.endOthers")} work={() => end()} />}
    </section>
  );
}
