// worker.ts - the gate's page without a network: a service worker for /gate that keeps the page's files. What is asked of
// the API is never kept. SHELL and NAME are written by build.mjs: the files, and a hash of them.
declare const SHELL: string[], NAME: string;
type Extended = Event & { waitUntil(work: Promise<unknown>): void };
type Fetched = Extended & { request: Request; respondWith(answer: Promise<Response>): void };
const scope = self as unknown as {
  addEventListener(kind: "install" | "activate", hear: (e: Extended) => void): void;
  addEventListener(kind: "fetch", hear: (e: Fetched) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
};

scope.addEventListener("install", (e) => {
  e.waitUntil(caches.open(NAME).then((cache) => cache.addAll(SHELL)).then(() => scope.skipWaiting()));
});

scope.addEventListener("activate", (e) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((n) => n.startsWith("gate-") && n !== NAME).map((n) => caches.delete(n))));
  e.waitUntil(old.then(() => scope.clients.claim()));
});

scope.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/api/")) return;
  const isPage = e.request.mode === "navigate";
  // The newest page where it comes soon; files are named by what is in them, so that those that are kept are right.
  const kept = () => caches.match(isPage ? "/index.html" : e.request, { ignoreSearch: isPage });
  const soon = async () => {
    const ending = new AbortController(), timer = setTimeout(() => ending.abort(), 3000);
    try {
      return await fetch(e.request, { signal: ending.signal });
    } catch {
      return (await kept()) ?? Response.error();
    } finally {
      clearTimeout(timer);
    }
  };
  e.respondWith(isPage ? soon() : kept().then((found) => found ?? fetch(e.request)));
});
