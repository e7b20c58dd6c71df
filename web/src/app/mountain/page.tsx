// page.tsx - what is open, how long the wait is.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Api } from "../api-types";
import { call } from "../call";
import { on } from "../live";
import { t } from "../words";

const mountain = signal<Api["GET /api/mountain"]["answer"] | null>(null);
const read = async () => void (mountain.value = await call("GET /api/mountain", {}));

export default function Mountain() {
  useEffect(() => {
    void read();
    return on("mountain", () => void read());
  }, []);
  if (!mountain.value) return <p class="note">{t("frame.loading")}</p>;
  return (
    <>
      <h1>{mountain.value.name}</h1>
      <ul>{mountain.value.lifts.map((l) => <li key={l.key}>{l.name}: <span class={l.state}>{l.state}</span></li>)}</ul>
    </>
  );
}
