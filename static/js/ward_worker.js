// The service worker of the ward round: its page and that page's own files, nothing else. The page says
// nothing about anybody; beds, contacts and every other address go to the network untouched.
// Where the browser has Background Sync it also sends what waits, the page closed or not.
import { alone, isOver, Queue, send, SYNC } from './ward_queue.js';
import { openStore } from './ward_store.js';

const { files, page, beds, version } = self.WARD;
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

// Asking must not make a database: after signing out there is none.
async function keptSession() {
  const bases = (await indexedDB.databases?.()) ?? [];
  if (!bases.some((one) => one.name === 'ward')) return null;
  const store = await openStore();
  const session = await store.get('keys', 'session');
  const rows = (await store.get('keys', 'queue'))?.rows;
  return store.isLasting && session && rows && !isOver(session) ? { store, session, rows } : null;
}

async function tokenOf(session) {
  const answer = await fetch(beds, { redirect: 'manual', headers: { Accept: 'application/json' } });
  if (!answer.ok) return null;
  const given = await answer.json();
  return given.who === session.who && given.session === session.session ? given.token : null;
}

async function sendKept() {
  const windows = await self.clients.matchAll({ type: 'window' });
  const open = windows.find((one) => one.visibilityState === 'visible' && new URL(one.url).pathname === page);
  if (open) {
    open.postMessage(SYNC);
    return;
  }
  const kept = await keptSession();
  if (!kept) return;
  const queue = new Queue(kept.store);
  await queue.open(kept.rows, kept.session.who);
  const waiting = queue.in('waiting').filter((one) => one.role === kept.session.role);
  const token = waiting.length ? await tokenOf(kept.session) : null;
  if (!token) return;
  for (const entry of waiting) {
    const hold = entry.notBefore - Date.now();
    if (hold > 0) await new Promise((done) => { setTimeout(done, hold); });
    const state = await alone(() => sendOne(queue, entry, token));
    // What fails here the browser asks for again, later and later.
    if (state === 'later') throw new Error('later');
    if (state !== 'done' && state !== 'refused') return;
  }
}

async function sendOne(queue, entry, token) {
  if (!(await queue.isHere(entry.id))) return 'done';
  const came = await send(entry, token);
  if (came.state === 'done') await queue.drop(entry.id);
  else if (came.state === 'refused') await queue.keep({ ...entry, state: 'refused', faults: came.faults, word: came.word, code: came.code });
  return came.state;
}

self.addEventListener('sync', (event) => {
  if (event.tag === SYNC) event.waitUntil(sendKept());
});
