// kept.ts - a signal whose value this browser keeps, or this tab alone; other tabs hear of a change. Nothing is kept of what
// it is anyway.
import { signal, type Signal } from "@preact/signals";

export function kept<T>(name: string, otherwise: T, where: Storage = localStorage): Signal<T> {
  let value = otherwise;
  try {
    value = JSON.parse(where.getItem(name) ?? "null") ?? otherwise;
  } catch { /* somebody else's text */ }
  const s = signal(value);
  const none = JSON.stringify(otherwise);
  s.subscribe((v) => {
    const text = JSON.stringify(v);
    try {
      if (text === none) where.removeItem(name);
      else where.setItem(name, text);
    } catch { /* there is no room: it is kept while this page is open */ }
  });
  addEventListener("storage", (e) => {
    if (e.storageArea === where && e.key === name) s.value = JSON.parse(e.newValue ?? "null") ?? otherwise;
  });
  return s;
}
