// router.ts - the path of the page. Links are plain <a href>; what leads to another page of ours does not load anew.
import { signal } from "@preact/signals";

export const path = signal(location.pathname);

export function go(to: string, replace = false): void {
  history[replace ? "replaceState" : "pushState"](null, "", to);
  path.value = location.pathname;
}

export function listen(): void {
  addEventListener("popstate", () => (path.value = location.pathname));
  document.addEventListener("click", (e) => {
    const link = (e.target as Element).closest("a");
    if (!link || e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    if (link.origin !== location.origin || link.target || link.hasAttribute("download") || link.pathname.startsWith("/api/")) return;
    if (link.hash && link.pathname === location.pathname) return;
    e.preventDefault();
    go(link.pathname + link.search + link.hash);
    window.scrollTo(0, 0);
    document.getElementById("main")?.focus(); // a screen reader begins there
  });
}
