// action.tsx - something that is done at the server by a button or a form: busy while it is, and told what came of it.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Refusal, newKey } from "../call";
import { t } from "../words";

// Runs `work` with a key that stays the same until it was answered, so that trying again never does it twice.
export function useAction(work: (key: string, form: FormData) => Promise<string | void>) {
  const [isBusy, setBusy] = useState(false);
  const [told, setTold] = useState<{ text: string; isWrong: boolean }>({ text: "", isWrong: false });
  const key = useRef("");
  const run = async (form: FormData = new FormData()) => {
    if (isBusy) return;
    setBusy(true);
    setTold({ text: "", isWrong: false });
    key.current ||= newKey();
    try {
      const text = await work(key.current, form);
      key.current = "";
      setTold({ text: text ?? t("parts.done"), isWrong: false });
    } catch (error) {
      const refusal = error instanceof Refusal ? error : null;
      if (refusal && refusal.code >= 400 && refusal.code < 500) key.current = ""; // it was not done; another try is another act
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
