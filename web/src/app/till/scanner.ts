// scanner.ts - what is typed outside of a field: by a scanner, quickly and with Enter at its end, or by a cashier, one key.
const PAUSE_MS = 80, SCANNED = 6;

export function listenKeys(scanned: (text: string) => void, pressed: (key: string) => boolean): () => void {
  let typed = "", timer: ReturnType<typeof setTimeout> | undefined;
  const pause = () => {
    if (typed.length === 1) pressed(typed);
    typed = "";
  };
  const hear = (e: KeyboardEvent) => {
    const at = e.target as HTMLElement;
    if (at.closest("input:not([type=checkbox]), select, textarea") || e.ctrlKey || e.altKey || e.metaKey) return;
    clearTimeout(timer);
    if (e.key === "Enter" && typed.length >= SCANNED) {
      e.preventDefault();
      scanned(typed);
      typed = "";
    } else if (e.key.length === 1 && e.key !== " ") {
      typed += e.key;
      timer = setTimeout(pause, PAUSE_MS);
    }
  };
  addEventListener("keydown", hear, true);
  return () => (clearTimeout(timer), removeEventListener("keydown", hear, true));
}
