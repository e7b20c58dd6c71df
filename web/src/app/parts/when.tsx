// when.tsx - a time of the server's as a reader has it.
import { language } from "../words";

export function When({ ms }: { ms: number }) {
  const at = new Date(ms);
  return <time dateTime={at.toISOString()}>{new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" }).format(at)}</time>;
}
