// page.tsx - one's own account: what must be done first, another password, the second step, where it is signed in.
import { useEffect } from "preact/hooks";
import { account, must } from "../session";
import { t, type Key } from "../words";
import { Password } from "./password";
import { Sessions } from "./sessions";
import { own, readOwn } from "./state";
import { TwoStep } from "./twostep";

export default function Account() {
  useEffect(() => void readOwn().catch(() => undefined), [account.value]);
  if (own.value?.account !== account.value) return <p class="note">{t("frame.loading")}</p>;
  const roles = own.value.roles.split(" ").filter(Boolean).map((r) => t(`books.role.${r}` as Key)).join(", ");
  return (
    <>
      <h1>{t("account.title")}</h1>
      <p>{account.value} · {roles}</p>
      {must.value && <p role="status" class="first">{t(must.value === "password" ? "account.mustPassword" : "account.mustTwoStep")}</p>}
      {must.value === "two-step" ? <><TwoStep /><Password /></> : <><Password /><TwoStep /></>}
      <Sessions />
    </>
  );
}
