// scanner.ts - what is typed outside of a field: by a scanner, quickly and with Enter at its end, or by a cashier, key by key.
const PAUSE_MS = 150, FORGET_MS = 1000, KEYS = 3, SCANNED = 6;

export function listenKeys(scanned: (text: string) => void, pressed: (key: string) => void): () => void {
  let typed = "", lastMs = 0, timer: ReturnType<typeof setTimeout> | undefined;
  const pause = () => { // up to three keys and then nothing: that was no scanner
    if (typed.length > KEYS) return;
    const keys = [...typed];
    typed = "";
    keys.forEach(pressed);
  };
  const hear = (e: KeyboardEvent) => {
    const at = e.target as HTMLElement;
    if (e.key === "Escape" && at.closest("input, select, textarea")) return at.blur(); // out of a field, to the keys
    if (at.closest("input:not([type=checkbox]), select, textarea") || e.ctrlKey || e.altKey || e.metaKey) return;
    clearTimeout(timer);
    if (e.timeStamp - lastMs > FORGET_MS) typed = "";
    lastMs = e.timeStamp;
    if (e.key === "Enter") {
      if (typed.length >= SCANNED) {
        e.preventDefault();
        scanned(typed);
      }
      typed = "";
    } else if (e.key.length === 1 && e.key !== " ") {
      typed += e.key;
      timer = setTimeout(pause, PAUSE_MS);
    }
  };
  addEventListener("keydown", hear, true);
  return () => (clearTimeout(timer), removeEventListener("keydown", hear, true));
}
