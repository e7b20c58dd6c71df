// scanner.ts - what is typed outside of a field: by a scanner, quickly and with Enter at its end, or by a cashier, key by key.
import { keyOf } from "../parts/typed";

const PAUSE_MS = 150, FORGET_MS = 1000, KEYS = 3, SCANNED = 6, GAP_MS = 35; // GAP_MS: no one types so fast for so long (chosen)

// How quickly a field was typed into.
export type Pace = { count: number; firstMs: number; lastMs: number };
export const paceOf = (p: Pace, e: KeyboardEvent): Pace =>
  e.key.length > 1 ? p : { count: p.count + 1, firstMs: p.count ? p.firstMs : e.timeStamp, lastMs: e.timeStamp };
export const isScanned = (p: Pace, text: string): boolean =>
  text.trim().length >= SCANNED && p.count >= SCANNED && p.lastMs - p.firstMs <= GAP_MS * (p.count - 1);

export function listenKeys(scanned: (text: string) => void, pressed: (key: string) => void): () => void {
  let typed = "", lastMs = 0, timer: ReturnType<typeof setTimeout> | undefined;
  const pause = () => { // up to three keys and then nothing: that was no scanner
    if (typed.length > KEYS) return;
    const keys = [...typed];
    typed = "";
    keys.forEach(pressed);
  };
  const hear = (e: KeyboardEvent) => {
    const at = e.target as HTMLElement, key = keyOf(e);
    if (e.isComposing) return; // Escape ends a word of the input method, and not the field
    if (key === "Escape" && at.closest("input, select, textarea")) return at.blur(); // out of a field, to the keys
    if (at.closest("input:not([type=checkbox]), select, textarea") || e.ctrlKey || e.altKey || e.metaKey) return;
    clearTimeout(timer);
    if (e.timeStamp - lastMs > FORGET_MS) typed = "";
    lastMs = e.timeStamp;
    if (key === "Enter") {
      if (typed.length >= SCANNED) {
        e.preventDefault();
        scanned(typed);
      }
      typed = "";
    } else if (key === "/" && !typed) { // nothing that is scanned begins so; what is typed next belongs to the field
      e.preventDefault();
      pressed(key);
    } else if (key.length === 1 && key !== " ") {
      typed += key;
      timer = setTimeout(pause, PAUSE_MS);
    }
  };
  addEventListener("keydown", hear, true);
  return () => (clearTimeout(timer), removeEventListener("keydown", hear, true));
}
