// action.tsx - something that is done at the server by a button or a form: busy while it is, and told what came of it.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Refusal } from "../call";
import { t } from "../words";
import { once } from "./once";

// Runs `work` with a key that stays the same until it was answered, so that trying again never does it twice.
export function useAction(work: (key: string, form: FormData) => Promise<string | void>) {
  const [isBusy, setBusy] = useState(false);
  const [told, setTold] = useState<{ text: string; isWrong: boolean }>({ text: "", isWrong: false });
  const what = useId();
  const run = async (form: FormData = new FormData()) => {
    if (isBusy) return;
    setBusy(true);
    setTold({ text: "", isWrong: false });
    try {
      const text = await once(what, (key) => work(key, form), { fields: [...form], where: "page" });
      setTold({ text: text ?? t("parts.done"), isWrong: false });
    } catch (error) {
      const refusal = error instanceof Refusal ? error : null;
      setTold({ text: !refusal || refusal.reason === "offline" ? t("parts.offline") : refusal.message, isWrong: true });
    }
    setBusy(false);
  };
  return { run, isBusy, told };
}

export function Told({ told }: { told: { text: string; isWrong: boolean } }) {
  return told.isWrong ? <p role="alert">{told.text}</p> : <p role="status" class="note">{told.text}</p>;
}

export function ActionForm(p: { work: (key: string, form: FormData) => Promise<string | void>; label: string; children?: ComponentChildren; class?: string }) {
  const { run, isBusy, told } = useAction(p.work);
  return (
    <form class={p.class} onSubmit={(e) => { e.preventDefault(); void run(new FormData(e.currentTarget)); }}>
      {p.children}
      <button type="submit" disabled={isBusy}>{p.label}</button>
      <Told told={told} />
    </form>
  );
}
