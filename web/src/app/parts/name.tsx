// name.tsx - the name of something, in the reader's language or told to be in the resort's own.
import { langOf, named, type Kind } from "../names";

// A text that is told to be in another language than the reader's where it is.
export const Named = ({ text, lang }: { text: string; lang?: string }) => (lang ? <span lang={lang}>{text}</span> : <>{text}</>);

export function Name({ of, id, children }: { of: Kind; id: string; children: string }) {
  const text = named(of, id, children);
  return <Named text={text} lang={text ? langOf(of, id) : undefined} />;
}
