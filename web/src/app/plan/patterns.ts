// patterns.ts - what the program makes with values in it, said by the pattern that it was made by.
//
//     "no rooms of {1} (`rooms`)"           {1}: as it stands, or its own text where it has one
//     "{head}, expected {expected}"         {head}, {expected}: has to have a text, or a pattern, of the texts for that name
//     "missing in this {record} {1}"        {record}: one of that name's texts and nothing else
//
// Where several fit, the one is taken that asks most of its places, and of those the one that says most by itself.
export type Texts = Record<string, string>;
export type Sayings = {
  texts: Texts; made: Made[]; listed: Record<string, Texts>; inside: Record<string, Sayings>;
  asItStands?: RegExp; mark?: (value: string) => string; // what needs no words; how a value is written that stays as it is
};
type Made = { key: string; form: RegExp; places: string[] };

const escaped = (text: string): string => text.replace(/[.*+?^$()|[\]\\{}]/g, "\\$&");
const literal = (key: string): number => key.replace(/\{\w+\}/g, "").length;
const words = (key: string): number => (key.match(/\{[a-z]+\}/g) ?? []).length;

function madeBy(key: string, listed: Record<string, Texts>): Made {
  const places: string[] = [];
  const form = escaped(key).replace(/\\\{(\w+)\\\}/g, (_, name: string) => {
    places.push(name);
    return listed[name] ? `(${Object.keys(listed[name]).sort((a, b) => b.length - a.length).map(escaped).join("|")})` : "(.+?)";
  });
  return { key, form: new RegExp(`^${form}$`, "s"), places };
}

// isPattern: which of the texts are; in others {n} stands for what the page puts there.
export function sayingsOf(texts: Texts, isPattern: (key: string) => boolean, listed: Record<string, Texts> = {}): Sayings {
  const made = Object.keys(texts).filter(isPattern).map((key) => madeBy(key, listed));
  return { texts, listed, inside: {}, made: made.sort((a, b) => words(b.key) - words(a.key) || literal(b.key) - literal(a.key)) };
}

function placed(s: Sayings, name: string, value: string): string | undefined {
  if (s.listed[name]) return s.listed[name][value];
  const inside = s.inside[name], marked = (s.mark ?? String)(value);
  if (!inside) return /^\d+$/.test(name) ? s.texts[value] ?? marked : undefined;
  return sayBy(inside, value) ?? (inside.asItStands?.test(value) ? marked : undefined);
}

export function sayBy(s: Sayings, made: string): string | undefined {
  if (made in s.texts) return s.texts[made];
  for (const one of s.made) {
    const found = one.form.exec(made);
    const values = found && one.places.map((name, i) => placed(s, name, found[i + 1]));
    if (values?.every((v) => v !== undefined))
      return s.texts[one.key].replace(/\{(\w+)\}/g, (_, name: string) => values[one.places.indexOf(name)]!);
  }
  return undefined;
}
