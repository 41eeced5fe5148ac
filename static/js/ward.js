// The ward round on a phone: beds, three taps, a queue that outlives a lost network and nobody's session.
import { element, icon, on } from './words.js';
import { alone, HOLD_MS, isOver, Queue, send, SYNC } from './ward_queue.js';
import { keyFrom, newKey, openStore, seal, unseal } from './ward_store.js';

const RETRY_MS = 20000;
const LOOK_MS = 5000;
const KEPT_MS = 800;
const DONE_SHOWN = 4;
const main = document.getElementById('main');
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const sheet = part('sheet');
const shown = { done: [], bed: null, entry: null };
let store;
let queue;
let session = null;
let token = '';
let isSending = false;
let typing = 0;

function say(name, values = {}) {
  const said = document.getElementById('ward-words').dataset[name] ?? '';
  return said.replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? '');
}

function tell(sentence) {
  part('status').textContent = sentence;
}

// ── whose phone this is, and for how long ──────────────────────────────────

async function seen() {
  if (!session || Date.now() - session.seenAt < 10000) return;
  session.seenAt = Date.now();
  await store.put('keys', session);
}

// The session is over: nothing stays readable, nothing that waits is lost.
async function lock() {
  session = null;
  token = '';
  queue.close();
  shown.bed = shown.entry = null;
  await store.empty('keys', 'list');
  part('beds').replaceChildren();
  sheet.hidden = true;
  paint('locked');
}

async function wipe() {
  session = null;
  queue.close();
  queue.closed = 0;
  await store.empty('keys', 'list', 'queue');
  await countWaiting();
}

async function take(given) {
  const before = (await store.get('keys', 'session')) ?? null;
  if (before && before.who !== given.who) await wipe();
  if (!before || before.session !== given.session) await store.empty('list');
  token = given.token;
  // A refresh by itself is no sign of a hand on the phone.
  const seenAt = session?.session === given.session ? session.seenAt : Date.now();
  session = { id: 'session', who: given.who, role: given.role, session: given.session, idle: given.idle, until: given.until, seenAt };
  if (!store.isLasting) {
    if (!queue.keys.size) await queue.open([{ kid: 0, key: null }], given.who);
    return;
  }
  const rows = await Promise.all(given.keys.map(async ([kid, text]) => ({ kid, key: await keyFrom(text) })));
  const list = (before?.session === given.session && (await store.get('keys', 'list'))?.key) || (await newKey());
  await store.put('keys', { id: 'list', key: list });
  await store.put('keys', { id: 'queue', rows });
  await store.put('keys', session);
  await queue.open(rows, given.who);
}

// ── the beds ───────────────────────────────────────────────────────────────

async function keepList(html, ward) {
  if (!store.isLasting) return;
  const { key } = await store.get('keys', 'list');
  await store.put('list', { id: 'now', ...(await seal(key, { html, ward, at: Date.now() }, session.session)) });
}

async function keptList() {
  const row = await store.get('list', 'now');
  const key = (await store.get('keys', 'list'))?.key;
  if (!row || !key || !session) return null;
  try {
    return await unseal(key, row, session.session);
  } catch {
    return null;
  }
}

function showBeds(html) {
  part('beds').innerHTML = html;
  markBeds();
}

const hour = (at) => new Date(at).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Shanghai' });

async function refresh(ward = shown.ward ?? '') {
  let answer;
  try {
    answer = await fetch(`${main.dataset.beds}?ward=${encodeURIComponent(ward)}`, { redirect: 'manual', headers: { Accept: 'application/json' } });
  } catch {
    return offline();
  }
  if (answer.type === 'opaqueredirect' || answer.status === 401) return expired();
  if (!answer.ok) return offline();
  const given = await answer.json();
  await take(given);
  shown.ward = ward;
  shown.listAt = Date.now();
  showBeds(given.html);
  await keepList(given.html, ward);
  paint('online');
  return true;
}

async function offline() {
  if (!session) return paint(main.dataset.state === 'locked' ? 'locked' : 'nothing');
  paint('offline');
  return false;
}

async function expired() {
  await lock();
  return false;
}

// ── what the head of the page says ─────────────────────────────────────────

function paint(state = main.dataset.state) {
  main.dataset.state = state;
  part('gate').hidden = !['locked', 'nothing'].includes(state);
  part('gate-locked').hidden = state !== 'locked';
  part('gate-nothing').hidden = state !== 'nothing';
  const chip = part('net');
  const waiting = queue.in('waiting').length;
  chip.className = `saved saved--${state === 'online' ? 'ok' : 'off'}`;
  chip.replaceChildren(icon(state === 'online' ? 'cloud' : 'off'), say(state === 'online' ? 'online' : 'offline', { time: shown.listAt ? hour(shown.listAt) : '' }));
  chip.hidden = part('gate').hidden === false && state === 'nothing';
  part('unsafe').hidden = store.isLasting;
  part('sealed').hidden = !queue.closed;
  part('sealed-text').textContent = say('sealed', { n: queue.closed });
  showQueue(waiting);
  markBeds();
}

const names = { waiting: 'clock', refused: 'warn', done: 'check' };

function line(one) {
  const buttons = [];
  const add = (act, text, kind = '') => buttons.push(element('button', { class: `btn btn--sm${kind}`, type: 'button', 'data-act': act, 'data-id': one.id }, text));
  let note = '';
  if (one.state === 'waiting') {
    const isElsewhere = session && one.role !== session.role;
    note = say(isElsewhere ? 'elsewhere' : main.dataset.state === 'online' ? 'sending' : 'waits');
    add('undo', say('undo'));
  } else if (one.state === 'refused') {
    note = (one.faults?.length ? one.faults : [say(one.word ?? 'failed', { code: one.code })]).join(' ');
    add('again', say('again'), ' btn--primary');
    add('drop', say('drop'));
  } else {
    note = one.overlaps ? say('overlaps') : say('recorded');
    buttons.push(element('a', { class: 'btn btn--sm', href: one.link }, say('write')));
  }
  return element(
    'li',
    { class: `unsent__one unsent__one--${one.state}${one.overlaps ? ' unsent__one--warn' : ''}` },
    icon(names[one.state]),
    element('div', { class: 'unsent__text' }, element('b', {}, one.title), element('span', {}, one.summary), element('small', {}, note)),
    element('div', { class: 'unsent__acts' }, ...buttons),
  );
}

function showQueue(waiting) {
  const refused = queue.in('refused');
  const rows = [...refused, ...queue.in('waiting'), ...shown.done.slice(0, DONE_SHOWN)];
  part('queue').hidden = !rows.length || main.dataset.state === 'locked';
  part('queue-list').replaceChildren(...rows.map(line));
  part('queue-head').textContent = refused.length ? say('refusedCount', { n: refused.length }) : waiting ? say('waitingCount', { n: waiting }) : say('doneCount', { n: shown.done.length });
}

// What waits stands on the bed too, so that nobody writes the same visit twice.
function markBeds() {
  document.querySelectorAll('[data-bed]').forEach((bed) => {
    const own = queue.in('waiting', 'refused', 'open').filter((one) => one.url === bed.dataset.url);
    const place = bed.querySelector('[data-mark]');
    const half = own.filter((one) => one.state === 'open');
    place.textContent = own.length > half.length ? say('onBed', { n: own.length - half.length }) : half.length ? say('half') : '';
  });
}

async function countWaiting() {
  const isSecure = location.protocol === 'https:';
  const count = queue.unsent;
  document.cookie = `${isSecure ? '__Host-' : ''}phone-waiting=${count}; Path=/; SameSite=Lax${isSecure ? '; Secure' : ''}${count ? '' : '; Max-Age=0'}`;
}

async function changed() {
  await countWaiting();
  paint();
}

// ── one contact ────────────────────────────────────────────────────────────

const today = () => new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });
const fresh = () => crypto.randomUUID?.() ?? '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

function openSheet(bed, entry = null) {
  const open = entry ?? queue.in('open').find((one) => one.url === bed.url) ?? null;
  shown.bed = bed;
  shown.entry = open;
  sheet.reset();
  part('sheet-title').textContent = bed.title;
  part('sheet-minded').hidden = !bed.minded;
  part('sheet-minded-text').textContent = bed.minded;
  orderNeeds(bed.needs);
  sheet.elements.occurred_on.max = today();
  sheet.elements.occurred_on.value = today();
  if (open) fill(open.fields);
  part('sheet-fault').hidden = true;
  part('beds').hidden = part('queue').hidden = true;
  sheet.hidden = false;
  if (!history.state?.sheet) history.pushState({ sheet: true }, '');
  scrollTo(0, 0);
  part('sheet-title').focus();
}

// The case's own needs stand first, the first of them chosen; the other categories one tap away.
function orderNeeds(needs) {
  const first = part('needs-own');
  const rest = part('needs-rest');
  first.querySelectorAll('label').forEach((one) => rest.append(one));
  const labels = [...rest.querySelectorAll('label')].sort((a, b) => a.dataset.at - b.dataset.at);
  labels.forEach((one) => (needs.includes(one.dataset.code) ? first : rest).append(one));
  needs.forEach((code) => first.append(labels.find((one) => one.dataset.code === code)));
  first.hidden = !needs.length;
  part('needs-fold').open = !needs.length;
  const box = needs.length ? first.querySelector('input') : null;
  if (box) box.checked = true;
}

function fill(fields) {
  for (const input of sheet.elements) {
    if (!input.name || !(input.name in fields) && input.type !== 'checkbox') continue;
    const values = [fields[input.name] ?? []].flat().map(String);
    if (['radio', 'checkbox'].includes(input.type)) input.checked = values.includes(input.value);
    else [input.value = ''] = values;
  }
}

function closeSheet() {
  sheet.hidden = true;
  part('beds').hidden = false;
  shown.bed = shown.entry = null;
  paint();
}

function startOf(minutes) {
  const typed = sheet.elements.starts_at.value;
  if (!sheet.elements.just.checked) return typed;
  const at = new Date(Date.now() - minutes * 60000);
  return at.toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }) === sheet.elements.occurred_on.value ? hour(at) : '';
}

function typedFields() {
  const typed = new FormData(sheet);
  return Object.fromEntries(
    ['mode', 'target', 'occurred_on', 'starts_at', 'facts'].map((name) => [name, typed.get(name) ?? '']).concat([['needs', typed.getAll('needs')]]),
  );
}

function labelOf(name) {
  return [...sheet.querySelectorAll(`input[name="${name}"]:checked`)].map((one) => one.closest('label').textContent.trim()).join(say('comma'));
}

function entryOf(state, more = {}) {
  const { bed } = shown;
  return {
    id: shown.entry?.id ?? fresh(),
    state,
    role: shown.entry?.role ?? session.role,
    url: bed.url,
    title: bed.title,
    bed,
    at: shown.entry?.at ?? Date.now(),
    fields: { ...typedFields(), ...more },
  };
}

// A half-written sheet is sealed as well: a phone that rings or runs out of battery loses no sentence.
function halfWritten() {
  clearTimeout(typing);
  typing = setTimeout(async () => {
    if (!shown.bed || !session || shown.entry?.state === 'refused' || !sheet.elements.facts.value.trim()) return;
    shown.entry = entryOf('open');
    await queue.keep(shown.entry);
    await countWaiting();
  }, KEPT_MS);
}

async function record(minutes) {
  clearTimeout(typing);
  if (!session || !shown.bed) return;
  const whole = Number.parseInt(String(minutes).normalize('NFKC'), 10);
  const fault = part('sheet-fault');
  if (!(whole >= 1 && whole <= 1440)) {
    fault.hidden = false;
    part('sheet-fault-text').textContent = say('minutesRange');
    part('more-fold').open = true;
    sheet.elements.other.focus();
    return;
  }
  const entry = entryOf('waiting', { minutes: whole, starts_at: startOf(whole) });
  entry.summary = [labelOf('mode'), labelOf('needs'), say('minutes', { n: whole })].filter(Boolean).join(' · ');
  entry.notBefore = Date.now() + HOLD_MS;
  await queue.keep(entry);
  history.back();
  closeSheet();
  tell(say('noted', { title: entry.title }));
  await changed();
  part('queue').scrollIntoView({ block: 'nearest' });
  setTimeout(flush, HOLD_MS + 50);
  await askForSync();
}

// Where the browser has it, the phone sends once the network is back, whether this page is open or not.
async function askForSync() {
  try {
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.sync?.register(SYNC);
  } catch {
    // Not allowed, or no worker yet: the page sends when it is open.
  }
}

// ── sending ────────────────────────────────────────────────────────────────

// `isLeaving`: the page goes away or the person signs out; nothing is held back for an undo.
async function flush({ isLeaving = false } = {}) {
  if (isSending || !session || !token) return;
  isSending = true;
  let isTokenNew = false;
  try {
    for (const entry of queue.in('waiting')) {
      if (entry.role !== session?.role || (entry.notBefore > Date.now() && !isLeaving)) continue;
      // A page that goes away cannot wait for its turn; the server takes the same entry once.
      let state = await (isLeaving ? sendOne(entry, true) : alone(() => sendOne(entry)));
      if (state === 'token' && !isTokenNew && (await refresh())) {
        // Signing in again changes the token: with the new one the entry goes once more.
        isTokenNew = true;
        state = await alone(() => sendOne(entry));
      }
      if (state !== 'settled') break;
    }
  } finally {
    isSending = false;
  }
  await changed();
}

// 'settled', 'token' when the session's token has changed, 'wait' when the rest must wait too.
async function sendOne(entry, isLeaving = false) {
  if (!isLeaving && !(await queue.isHere(entry.id))) {
    shown.isStale = true;
    return 'settled';
  }
  const came = await send(entry, token, { isLeaving });
  if (came.state === 'token') return 'token';
  return (await settle(entry, came)) ? 'settled' : 'wait';
}

// False when the rest must wait too.
async function settle(entry, came) {
  if (came.state === 'done') {
    await queue.drop(entry.id);
    shown.done = [{ ...entry, state: 'done', link: came.url, overlaps: came.overlaps }, ...shown.done];
    shown.isStale = true;
    return true;
  }
  if (came.state === 'refused') {
    await queue.keep({ ...entry, state: 'refused', faults: came.faults, word: came.word, code: came.code });
    return true;
  }
  if (came.state === 'expired') {
    await lock();
    return false;
  }
  if (await queue.isHere(entry.id)) await queue.keep({ ...entry, tries: (entry.tries ?? 0) + (navigator.onLine ? 1 : 0) });
  if (came.state === 'later') await offline();
  return false;
}

async function again() {
  if (document.hidden || isSending) return;
  if (session && isOver(session)) {
    await lock();
    return;
  }
  if (!sheet.hidden) {
    await flush();
    return;
  }
  if (await refresh()) await flush();
  if (shown.isStale && session) {
    shown.isStale = false;
    await refresh();
  }
}

async function look() {
  if (session && isOver(session)) await lock();
  else if (session && queue.in('waiting').some((one) => one.notBefore <= Date.now())) await flush();
  if (shown.isStale && session && sheet.hidden && !isSending) {
    shown.isStale = false;
    await refresh();
  }
}

// ── leaving ────────────────────────────────────────────────────────────────

async function leave(form, isSure) {
  if (!isSure) await flush({ isLeaving: true });
  await countWaiting();
  if (!isSure && queue.unsent) {
    part('leave-text').textContent = say('leaveCount', { n: queue.unsent });
    document.getElementById('ward-leave').showModal();
    return;
  }
  form.elements.csrfmiddlewaretoken.value = token;
  await wipe();
  form.submit();
}

// ── what a thumb does ──────────────────────────────────────────────────────

on('click', '[data-bed]', (_event, one) => {
  const { url, title, needs, minded } = one.dataset;
  openSheet({ url, title, minded, needs: needs.split(' ').filter(Boolean) });
});
on('click', '[data-minutes]', (_event, one) => record(one.dataset.minutes));
on('click', '[data-back]', () => history.back());
on('click', '[data-again]', again);
on('click', 'main a[href], .ward__bar a[href]', (event) => {
  if (main.dataset.state !== 'offline' || navigator.onLine) return;
  event.preventDefault();
  tell(say('noPage'));
});
on('click', '[data-act]', async (_event, one) => {
  const entry = queue.entries.get(one.dataset.id);
  if (!entry) return;
  if (one.dataset.act === 'again') openSheet(entry.bed, entry);
  else if (one.dataset.act === 'undo' && !isSending) {
    await queue.drop(entry.id);
    tell(say('undone'));
    await changed();
  } else if (one.dataset.act === 'drop') {
    if (one.dataset.sure) await queue.drop(entry.id);
    else {
      one.dataset.sure = '1';
      one.textContent = say('dropSure');
      return;
    }
    await changed();
  }
});
on('change', '[data-pick]', (_event, one) => refresh(one.value));
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form !== sheet && !form.hasAttribute('data-leave')) return;
  event.preventDefault();
  // The portal's own guard against a second submit has taken it for sent.
  delete form.dataset.busy;
  form.querySelectorAll('[aria-busy]').forEach((one) => one.removeAttribute('aria-busy'));
  if (form === sheet) record(sheet.elements.other.value);
  else leave(form, form.dataset.leave === 'sure');
});
sheet.addEventListener('input', halfWritten);
addEventListener('popstate', () => {
  if (!sheet.hidden) closeSheet();
});
for (const type of ['pointerdown', 'keydown', 'input']) document.addEventListener(type, seen, { passive: true });
addEventListener('online', again);
navigator.serviceWorker?.addEventListener('message', ({ data }) => (data === SYNC ? again() : null));
addEventListener('offline', offline);
document.addEventListener('visibilitychange', () => (document.hidden ? flush({ isLeaving: true }) : again()));

async function start() {
  store = await openStore();
  queue = new Queue(store);
  const kept = (await store.get('keys', 'session')) ?? null;
  if (kept && !isOver(kept)) {
    session = kept;
    const rows = (await store.get('keys', 'queue'))?.rows;
    if (rows) await queue.open(rows, session.who);
    const list = await keptList();
    if (list) {
      shown.ward = list.ward;
      shown.listAt = list.at;
      showBeds(list.html);
      paint('offline');
    }
  } else {
    await store.empty('keys', 'list');
    if (kept) paint('locked');
  }
  // A tap before this point would find no queue.
  main.removeAttribute('aria-busy');
  await refresh();
  if (session) await flush();
  await changed();
  setInterval(look, LOOK_MS);
  // Only to find the network again: asking all the time would keep an unattended session alive.
  setInterval(() => (main.dataset.state === 'offline' ? again() : null), RETRY_MS);
  const asked = new URLSearchParams(location.search);
  if (asked.has('leave') && token) {
    history.replaceState(null, '', location.pathname);
    await leave(document.querySelector('[data-leave="ask"]'), false);
  }
  if ('serviceWorker' in navigator) {
    navigator.serviceWorker.register(main.dataset.worker, { updateViaCache: 'none' }).catch(() => {});
  }
}

start();
