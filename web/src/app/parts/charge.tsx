// charge.tsx - paying an order by a provider, once: the key of a charge is kept until the desk knows what became of it.
//
// After a reload the page looks at the order first. A charge that is under way is waited for; a key of which the desk knows
// nothing is sent again. The desk itself takes no second charge while one is open, nor for what is paid.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refusal } from "../call";
import { t, type Key } from "../words";
import { amount } from "./amount";
import { once, settle, underWay, type Where } from "./once";
import type { Charge, Receipt } from "./receipt";

const LOOK_MS = 1000, LATE_LOOKS = 5; // looks after which it is said that nobody knows yet

type Props = {
  receipt: Receipt; providers: string[]; where: Where;
  send: (provider: string, key: string) => Promise<unknown>;
  look: () => Promise<void>;
  whyNot: (error: unknown) => string;
  begin?: string; // a provider that is to be begun with, where none was
  keys?: readonly string[]; // of the keyboard, one for each provider
  instead?: ComponentChildren; // what else can be done while a charge is under way
};

const isDue = (receipt: Receipt): boolean => receipt.state === "held" || receipt.state === "reserved";
const whatOf = (receipt: Receipt): string => `charge-${receipt.order}`;

// `after`: how many charges were known then. Another one since, which is not open, is what became of it; the next try is another act.
type Sent = { provider: string; after: number };

// Whether something is to be paid, and whether a charge is under way. Where what became of what was sent is known, its key goes.
export function useDue(receipt: Receipt, where: Where): { isDue: boolean; isOpen: boolean } {
  const due = isDue(receipt), isOpen = receipt.charges.some((c) => c.open && c.state !== "done"), count = receipt.charges.length;
  useEffect(() => {
    const before = underWay(whatOf(receipt), where)?.fields as Sent | undefined;
    if (before && !isOpen && (!due || count > before.after)) settle(whatOf(receipt), where);
  }, [due, isOpen, count]);
  return { isDue: due, isOpen };
}

function useCharge({ receipt, where, send, look, whyNot, begin }: Props) {
  const what = whatOf(receipt);
  const [failed, setFailed] = useState(""), [isSending, setSending] = useState(false), [looks, setLooks] = useState(0);
  const { isOpen } = useDue(receipt, where), sending = useRef(false);
  const go = async (provider: string, after = receipt.charges.length) => {
    if (sending.current) return;
    sending.current = true;
    setSending(true);
    setFailed("");
    try {
      await once(what, (key) => send(provider, key), { fields: { provider, after }, where });
    } catch (error) {
      // Another tab was first, or this one before: what it came to is told by the order.
      if (!["charge_open", "nothing_due", "hold_ended"].includes(error instanceof Refusal ? error.reason : "")) setFailed(whyNot(error));
    }
    await look();
    sending.current = false;
    setSending(false);
  };
  useEffect(() => {
    if (!isOpen) return setLooks(0);
    const timer = setInterval(() => (setLooks((n) => n + 1), void look()), LOOK_MS);
    return () => clearInterval(timer);
  }, [isOpen]);
  useEffect(() => { // it was sent, and the page was left before anything was answered; or it is to be begun
    const before = underWay(what, where)?.fields as Sent | undefined;
    if (isDue(receipt) && !isOpen && (before ?? begin) && !(begin && !before && receipt.charges.length)) void go(before?.provider ?? begin!, before?.after);
  }, []);
  return { isOpen, isSending, isLate: looks > LATE_LOOKS, failed, go };
}

const STATES: Record<string, Key> = { capturing: "book.charge.capturing", cancelling: "book.charge.cancelling" };
function stateOf(c: Charge): string {
  const values = { name: c.provider, amount: amount(c.amount) };
  if (c.state !== "done") return t(STATES[c.state] ?? "book.charge.begun", values);
  return t(c.result === "applied" ? "book.charge.applied" : c.result === "refused" ? "book.charge.refused" : "book.charge.other", values);
}

export function Charging(props: Props) {
  const { receipt, providers, keys, instead } = props, { isOpen, isSending, isLate, failed, go } = useCharge(props);
  const last = receipt.charges[receipt.charges.length - 1];
  if (isOpen || isSending)
    return (
      <div role="status" class="charging" data-charge={last?.state ?? "intended"}>
        <p class="busy">{last && isOpen ? stateOf(last) : t("book.paying")}</p>
        <p class="note">{t(isLate ? "book.charge.unknown" : "book.paying.note")}</p>
        {instead}
      </div>
    );
  if (!isDue(receipt)) return null;
  return (
    <>
      {last && last.result !== "applied" && <p role="alert" data-charge={last.result}>{stateOf(last)}</p>}
      <p role="alert">{failed}</p>
      {providers.length > 0 && (
        <p class="buttons">{providers.map((p, i) => (
          <button type="button" key={p} class="main" data-key={keys?.[i]} aria-keyshortcuts={keys?.[i]} onClick={() => void go(p)}>{t("book.pay.by", { name: p })}{keys?.[i] && <kbd aria-hidden="true">{keys[i]}</kbd>}</button>
        ))}</p>
      )}
    </>
  );
}
