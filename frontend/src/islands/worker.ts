// The service worker: with a network it keeps out of the way; without one it gives what the reader saved, or says so.
// It comes only to who saved a story. HAIHE is written before it by the server: the offline pages and what they need.

declare const HAIHE: { version: string; offline: Record<string, string>; parts: string[] };
const READING = "haihe-reading";
const SHELL = "haihe-shell-" + HAIHE.version;

interface Life extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Event {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
const scope = self as unknown as {
  addEventListener(name: string, act: (event: never) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
};

scope.addEventListener("install", (event: Life) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll([...Object.values(HAIHE.offline), ...HAIHE.parts]))
      .then(() => scope.skipWaiting()),
  );
});

scope.addEventListener("activate", (event: Life) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((one) => one.startsWith("haihe-shell-") && one !== SHELL).map((one) => caches.delete(one))))
      .then(() => scope.clients.claim()),
  );
});

scope.addEventListener("fetch", (event: Asked) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== scope.location.origin) return;
  if (/^\/(admin|django-admin|api|account)\//.test(url.pathname)) return;
  event.respondWith(fetch(request).catch(() => kept(request, url)));
});

async function kept(request: Request, url: URL): Promise<Response> {
  const found = await caches.match(request, { ignoreSearch: request.mode === "navigate", ignoreVary: true });
  if (found) return found;
  if (request.mode === "navigate") {
    const language = Object.keys(HAIHE.offline).find((prefix) => prefix && url.pathname.startsWith(prefix + "/")) ?? "";
    const offline = await caches.match(HAIHE.offline[language] ?? "");
    if (offline) return offline;
  }
  return Response.error();
}
