// Entries that were written down and not sent yet: sealed on the phone, sent once each, oldest first.
import { seal, unseal } from './ward_store.js';

// Long enough to take back what a thumb did by mistake.
export const HOLD_MS = 5000;
const TRIES = 6;
// The name under which a phone with Background Sync calls the worker, and the worker the page.
export const SYNC = 'ward';

// The page and the worker send one after the other: who comes second finds out what the first has sent.
export const alone = (work) => (navigator.locks ? navigator.locks.request('ward-send', work) : work());

export const isOver = (session) => Date.now() / 1000 > session.until || Date.now() - session.seenAt > session.idle * 1000;

export class Queue {
  constructor(store) {
    this.store = store;
    this.keys = new Map();
    this.entries = new Map();
    this.closed = 0; // entries under no key of ours
  }

  // `rows` are {kid, key}; the first one seals. What is not this person's leaves the phone unread.
  async open(rows, who) {
    this.who = who;
    this.keys = new Map(rows.map(({ kid, key }) => [kid, key]));
    const found = await this.store.all('queue');
    await Promise.all(found.filter((row) => row.who !== who).map((row) => this.store.drop('queue', row.id)));
    const kept = found.filter((row) => row.who === who);
    const read = await Promise.all(kept.map((row) => this.read(row)));
    this.entries = new Map(read.filter(Boolean).map((one) => [one.id, one]));
    this.closed = kept.length - this.entries.size;
  }

  async read(row) {
    if (row.plain) return row.plain;
    try {
      return await unseal(this.keys.get(row.kid), row, row.id);
    } catch {
      return null;
    }
  }

  close() {
    this.keys = new Map();
    this.entries = new Map();
  }

  async keep(entry) {
    this.entries.set(entry.id, entry);
    const [[kid, key] = []] = this.keys;
    // Without sealing the entry stays in this tab's memory and is never written.
    const row = this.store.isLasting ? { kid, ...(await seal(key, entry, entry.id)) } : { plain: entry };
    await this.store.put('queue', { id: entry.id, who: this.who, ...row });
  }

  async drop(id) {
    this.entries.delete(id);
    await this.store.drop('queue', id);
  }

  // False once the other sender has brought it home; then it is forgotten here too.
  async isHere(id) {
    if (await this.store.get('queue', id)) return true;
    this.entries.delete(id);
    return false;
  }

  in(...states) {
    return [...this.entries.values()].filter((one) => states.includes(one.state)).sort((a, b) => a.at - b.at);
  }

  // What signing out would throw away: everything but a sheet that nobody wrote on.
  get unsent() {
    return this.in('waiting', 'refused').length + this.in('open').filter((one) => one.fields.facts?.trim()).length + this.closed;
  }
}

function body(entry) {
  const typed = new URLSearchParams({ once: entry.id });
  for (const [name, value] of Object.entries(entry.fields)) [value].flat().forEach((one) => typed.append(name, one));
  return typed;
}

// What became of one entry: {state: done | refused | expired | token | later, ...}; never throws.
export async function send(entry, token, { isLeaving = false } = {}) {
  let answer;
  try {
    answer = await fetch(entry.url, {
      method: 'POST',
      body: body(entry),
      headers: { 'X-CSRFToken': token, Accept: 'application/json' },
      redirect: 'manual',
      keepalive: isLeaving,
    });
  } catch {
    return { state: 'later' };
  }
  if (answer.type === 'opaqueredirect' || answer.status === 401) return { state: 'expired' };
  const isJson = answer.headers.get('Content-Type')?.startsWith('application/json');
  const said = isJson ? await answer.json().catch(() => null) : null;
  if (answer.ok && said) return { state: 'done', ...said };
  if (answer.status === 422 && said) return { state: 'refused', faults: said.faults };
  if (answer.status === 404) return { state: 'refused', word: 'gone' };
  if (answer.status === 403) return { state: 'token' };
  const isLater = answer.status === 409 || answer.status === 429 || answer.status >= 500;
  if (isLater && (entry.tries ?? 0) < TRIES) return { state: 'later' };
  return { state: 'refused', word: 'failed', code: answer.status };
}
