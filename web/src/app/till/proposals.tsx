// proposals.tsx - what of an order waits for a second person: a manager agrees to it under Books, who is somebody else.
import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api-types";
import { call } from "../call";
import { ActionForm } from "../parts/action";
import { account } from "../session";
import { t } from "../words";
import type { Answer } from "./act";

type Proposal = Api["GET /api/proposals"]["answer"]["proposals"][number];
const LOOK_MS = 3000;

export function Proposals({ order, seen, look }: { order: number; seen: Answer | null; look: () => Promise<void> }) {
  const [list, setList] = useState<Proposal[]>([]), [wasOpen, setWasOpen] = useState(false);
  const read = async () => {
    const all = (await call("GET /api/proposals", {})).proposals, open = all.filter((p) => (p.fields as { order?: number }).order === order);
    setList(open);
    if (wasOpen && !open.length) await look(); // it was decided
    setWasOpen(open.length > 0);
  };
  useEffect(() => void read().catch(() => undefined), [order, seen]);
  useEffect(() => {
    if (!list.length) return;
    const timer = setInterval(() => void read().catch(() => undefined), LOOK_MS);
    return () => clearInterval(timer);
  }, [list.length, wasOpen]);
  return (
    <>
      {list.map((p) => (
        <div key={p.proposal} class="proposed" role="status" data-proposal={p.proposal}>
          <p class="hold">{t("till.proposed", { n: String(p.proposal) })}</p>
          {p.proposed_by === account.value && (
            <ActionForm label={t("books.withdraw")} work={async () => {
              await call("POST /api/proposals/{proposal}/decline", {}, { proposal: String(p.proposal) });
              await read();
            }} />
          )}
        </div>
      ))}
    </>
  );
}
