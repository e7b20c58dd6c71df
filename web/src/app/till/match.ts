// match.ts - the products that what was typed means: by number, by name or key; the likeliest first.
//
// Hangul is compared by its letters, so that a syllable that is not finished finds its word; accents and case do not count.
export type Product = { product: string; name: string };

const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

// 0: the number itself; then what begins so, a word in it that does, and where it stands at all. Infinity: not meant.
function rank(p: Product, i: number, wanted: string): number {
  if (/^\d+$/.test(wanted) && Number(wanted) === i + 1) return 0;
  const ranks = [p.name, p.product].map((text) => {
    const found = plain(text), at = found.indexOf(wanted);
    return at < 0 ? Infinity : at === 0 ? 1 : found.split(/[\s\-/·,()]+/).some((word) => word.startsWith(wanted)) ? 2 : 3;
  });
  return Math.min(...ranks);
}

// Each with its number, which is that of its place among all of them.
export function matches(products: readonly Product[], text: string): { product: Product; number: number }[] {
  const wanted = plain(text);
  return products.map((product, i) => ({ product, number: i + 1, rank: wanted ? rank(product, i, wanted) : 1 }))
    .filter((m) => m.rank < Infinity).sort((a, b) => a.rank - b.rank || a.number - b.number);
}
