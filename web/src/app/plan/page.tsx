// page.tsx - the room Plan: drafts of the resort, work on them, what came of it.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../words";
import { Drafts } from "./drafts";
import { Jobs } from "./jobs";
import { NewJob } from "./newjob";
import { listen } from "./state";

// What is opened from here comes when it is opened.
const PARTS: Record<string, () => Promise<{ default: ComponentType<{ name: string }> }>> = {
  drafts: () => import("./editor"),
  jobs: () => import("./result"),
  compare: () => import("./compare"),
};

function Part({ part, name }: { part: string; name: string }) {
  const [Loaded, setLoaded] = useState<{ of: string; page: ComponentType<{ name: string }> } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    PARTS[part]().then((m) => setLoaded({ of: part, page: m.default }), () => setFailed(true));
  }, [part]);
  if (failed) return <p role="alert">{t("frame.failed")}</p>;
  return Loaded?.of === part ? <Loaded.page name={name} key={name} /> : <p class="note">{t("frame.loading")}</p>;
}

export default function Plan({ rest }: { rest: string }) {
  useEffect(listen, []);
  const [, part, name] = rest.split("/").map(decodeURIComponent);
  if (part && part in PARTS && name) return <div class="plan"><Part part={part} name={name} /></div>;
  return (
    <div class="plan">
      <h1>{t("plan.title")}</h1>
      <p class="note">{t("plan.intro")}</p>
      <Drafts />
      <NewJob />
      <Jobs />
    </div>
  );
}
