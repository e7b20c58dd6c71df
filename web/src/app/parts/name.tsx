// name.tsx - the name of something, in the reader's language or told to be in the resort's own.
import { langOf, named, type Kind } from "../names";

export function Name({ of, id, children }: { of: Kind; id: string; children: string }) {
  const lang = langOf(of, id), name = named(of, id, children);
  return lang && name ? <span lang={lang}>{name}</span> : <>{name}</>;
}
