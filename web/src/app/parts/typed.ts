// typed.ts - which key of the keyboard it was, whatever language it is set to: a shortcut or a scanner means the key, not the
// letter that Hangul, kana or Cyrillic would make of it.
const MARKS: Record<string, string> = { Slash: "/", Minus: "-", NumpadSubtract: "-", NumpadDivide: "/", Period: ".", NumpadDecimal: ".", Space: " " };

export function keyOf({ key, code, shiftKey }: KeyboardEvent): string {
  const isPlain = key.length === 1 && key >= " " && key <= "~", isNamed = key.length > 1 && key !== "Process" && key !== "Unidentified" && key !== "Dead";
  if (isPlain || isNamed) return key;
  const [, letter, digit] = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(code ?? "") ?? [];
  return digit ?? (letter ? (shiftKey ? letter : letter.toLowerCase()) : MARKS[code] ?? key);
}
