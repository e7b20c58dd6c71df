// kept.ts - a signal whose value this browser keeps, or this tab alone; other tabs hear of a change.
import { signal, type Signal } from "@preact/signals";

export function kept<T>(name: string, otherwise: T, where: Storage = localStorage): Signal<T> {
  let value = otherwise;
  try {
    value = JSON.parse(where.getItem(name) ?? "null") ?? otherwise;
  } catch { /* somebody else's text */ }
  const s = signal(value);
  s.subscribe((v) => where.setItem(name, JSON.stringify(v)));
  addEventListener("storage", (e) => {
    if (e.storageArea === where && e.key === name) s.value = JSON.parse(e.newValue ?? "null") ?? otherwise;
  });
  return s;
}
