// live.ts - what the server tells by itself (Server-Sent Events). The browser takes a broken stream up again, and the
// event `anew` says that too much was missed: then everyone who listens is called.
import { signal } from "@preact/signals";

export const isLive = signal(false);
type Listener = (data: unknown) => void;
const listeners = new Map<string, Set<Listener>>();
let source: EventSource | undefined;

function hear(name: string): void {
  source?.addEventListener(name, (e) => listeners.get(name)?.forEach((f) => f(JSON.parse((e as MessageEvent<string>).data))));
}

function connect(): void {
  source = new EventSource("/api/live");
  source.onopen = () => (isLive.value = true);
  source.onerror = () => {
    isLive.value = false;
    if (source?.readyState === EventSource.CLOSED) setTimeout(connect, 5000); // refused; a broken one comes back by itself
  };
  source.addEventListener("anew", () => listeners.forEach((all) => all.forEach((f) => f({}))));
  for (const name of listeners.keys()) hear(name);
}

// Calls `f` at each event of the name; returns what ends that.
export function on(name: string, f: Listener): () => void {
  if (!listeners.has(name)) {
    listeners.set(name, new Set());
    hear(name);
  }
  listeners.get(name)!.add(f);
  if (!source) connect();
  return () => void listeners.get(name)!.delete(f);
}
