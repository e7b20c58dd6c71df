// Once.tsx - a password for once, shown to who hands it over.
import { useEffect, useRef } from "preact/hooks";
import { t } from "../words";

export type Given = { name: string; password: string };

export function Once({ given }: { given: Given }) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.focus(), [given.password]);
  return (
    <section ref={section} tabIndex={-1} class="once" aria-labelledby="once-title">
      <h2 id="once-title">{t("books.onceTitle", { name: given.name })}</h2>
      <p><code>{given.password}</code></p>
      <p class="note">{t("books.onceNote")}</p>
    </section>
  );
}
