// named.tsx - a name, told to be in another language than the reader's where it is.
import type { Name } from "./called";

export const Named = ({ text, lang }: Name) => (lang ? <span lang={lang}>{text}</span> : <>{text}</>);
