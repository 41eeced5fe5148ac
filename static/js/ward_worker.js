// The service worker of the ward round: its page and that page's own files, nothing else. The page says
// nothing about anybody; beds, contacts and every other address go to the network untouched.
const { files, page, version } = self.WARD;
const CACHE = `ward-${version}`;
const PATIENCE_MS = 4000;

const isPage = (answer) => answer.ok && !answer.redirected && answer.type === 'basic';

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(files);
    const answer = await fetch(page, { credentials: 'same-origin' });
    if (isPage(answer)) await cache.put(page, answer);
    await self.skipWaiting();
  })());
});

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((one) => one.startsWith('ward-') && one !== CACHE).map((one) => caches.delete(one)));
    await self.clients.claim();
  })());
});

async function fresh(request) {
  const answer = await fetch(request);
  if (isPage(answer)) await (await caches.open(CACHE)).put(page, answer.clone());
  return answer;
}

// The newest page while the network answers; the kept one when it is away, slow or in trouble.
async function opened(request) {
  const kept = await caches.match(page);
  const asked = fresh(request);
  if (!kept) return asked;
  const late = new Promise((done) => { setTimeout(() => done(kept), PATIENCE_MS); });
  const answer = await Promise.race([asked.catch(() => kept), late]);
  return answer.status >= 500 ? kept : answer;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && url.pathname === page) event.respondWith(opened(request));
  else if (files.includes(url.pathname)) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});
