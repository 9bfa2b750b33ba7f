/**
 * Lets the field page open without network: the page and its own files are kept, nothing of the interface is.
 * The kept page is shown at once; a newer one is fetched behind it, with its files first, and shown next time.
 */
const KEPT = "vigie-terrain";
const PAGE = "/terrain";

async function renew() {
  const answer = await fetch(PAGE, { cache: "no-cache", credentials: "omit" });
  if (!answer.ok) return;
  const text = await answer.clone().text();
  const files = [...text.matchAll(/"(\/(?:assets\/|icon\.svg)[^"]*)"/g)].map((found) => found[1]);
  const cache = await caches.open(KEPT);
  for (const file of files) if (!(await cache.match(file))) await cache.add(file);
  await cache.put(PAGE, answer);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== PAGE && !pathname.endsWith(".woff2") && !files.includes(pathname)) await cache.delete(request);
  }
}

async function page(event) {
  const kept = await caches.match(PAGE);
  if (!kept) return fetch(event.request);
  event.waitUntil(renew().catch(() => undefined)); // without network the kept page stays as it is
  return kept;
}

async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && new URL(request.url).pathname.endsWith(".woff2")) await (await caches.open(KEPT)).put(request, answer.clone());
  return answer;
}

self.addEventListener("install", (event) => { event.waitUntil(renew().then(() => self.skipWaiting())); });
self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });
self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && pathname === PAGE) event.respondWith(page(event));
  else if (pathname.startsWith("/assets/") || pathname === "/icon.svg") event.respondWith(file(event.request));
});
