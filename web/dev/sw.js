// SPDX-License-Identifier: Apache-2.0
// The service worker: what was built, and nothing else. API, media and sockets never pass through it.
// A page comes from the recorder whenever it answers, so that an upgrade shows at once; from here only
// when it does not. dev/service-worker.ts writes the two constants when the page is built.
const version = '__VERSION__';
const files = __FILES__;

const cacheName = `page-${version}`;
const index = '/index.html';
/** Of the version before, for pages that are still open and load their parts when asked. */
const keptVersions = 2;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(files.map((file) => new Request(file, { cache: 'no-cache' }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => {
        const others = names.filter((name) => name !== cacheName);
        const old = others.slice(0, Math.max(0, others.length - (keptVersions - 1)));
        return Promise.all(old.map((name) => caches.delete(name)));
      })
      .then(() => self.clients.claim()),
  );
});

async function built(request) {
  const cached = await caches.match(request);
  if (cached) return cached;
  const response = await fetch(request);
  if (response.ok) {
    const cache = await caches.open(cacheName);
    await cache.put(request, response.clone());
  }
  return response;
}

async function freshOr(request, fallback) {
  try {
    const response = await fetch(request);
    if (response.status < 500) return response;
  } catch {
    // The recorder is away; the page says so, once it is there.
  }
  const cache = await caches.open(cacheName);
  return (await cache.match(fallback)) ?? Response.error();
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(built(request));
  else if (url.pathname.startsWith('/api/')) return;
  else if (request.mode === 'navigate') event.respondWith(freshOr(request, index));
  else if (files.includes(url.pathname)) event.respondWith(freshOr(request, url.pathname));
});
