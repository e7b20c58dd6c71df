// keys.tsx - what has a key of the keyboard shows it, and is pressed by it wherever the focus is, but in a field.
import type { ComponentProps } from "preact";

type Props = ComponentProps<"button"> & { k: string };

export function Keyed({ k, type = "button", children, ...rest }: Props) {
  return <button type={type} data-key={k} aria-keyshortcuts={k} {...rest}>{children} <kbd aria-hidden="true">{k}</kbd></button>;
}

// Whether there is anything with this key on the page.
export function press(key: string): boolean {
  const found = document.querySelector<HTMLElement>(`.till [data-key="${CSS.escape(key)}"]:not(:disabled)`);
  if (!found?.checkVisibility()) return false;
  if (found.matches("input, select")) found.focus();
  else found.click();
  return true;
}
