/*
 * Owns the app's own files, so that it starts without a network. It refuses everything else: no answer of the API is
 * ever kept here, for what it would keep lies outside the phone's encryption (S19).
 */
const FILES = __FILES__;
const CACHE = "fieldvisit-__EDITION__";

self.addEventListener("install", (event) => {
  const kept = caches
    .open(CACHE)
    .then((cache) =>
      cache.addAll(
        FILES.map((file) => new Request(file, { cache: file.startsWith("/app/assets/") ? "default" : "reload" })),
      ),
    );
  event.waitUntil(kept);
});

self.addEventListener("activate", (event) => {
  const others = caches
    .keys()
    .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(others.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !url.pathname.startsWith("/app/")) return;
  const wanted = event.request.mode === "navigate" ? "/app/" : url.pathname;
  event.respondWith(caches.match(wanted, { cacheName: CACHE }).then((kept) => kept ?? fetch(event.request)));
});

// A new edition waits until the app says that no recording runs.
self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
});
