// Nothing typed is ever lost: `form[data-draft]` is posted to its address while one types.
// The server renders drafts; a copy stays in this tab only while the server cannot be reached.
import { clock, element, icon, meta, word } from './words.js';

const TYPING_MS = 5000;
const CHANGE_MS = 400;
const RETRY_MS = 10000;
const KEY = 'kept:';

const states = new WeakMap();

const SAID = {
  saving: ['cloud', ''],
  saved: ['save', 'ok'],
  offline: ['off', 'off'],
  expired: ['off', 'off'],
  unsaved: ['warn', 'clash'],
  clash: ['warn', 'clash'],
};

function stateOf(form) {
  if (!states.has(form)) states.set(form, { dirty: false, timer: 0, due: Infinity, flight: null });
  return states.get(form);
}

function say(form, name) {
  const line =
    form.querySelector('[data-draft-state]') ?? document.querySelector(`[data-draft-state="${form.id}"]`) ??
    document.querySelector('[data-draft-state=""]');
  if (!line) return;
  const [sign, tone] = SAID[name];
  line.className = `saved${tone ? ` saved--${tone}` : ''}`;
  line.replaceChildren(icon(sign), word(name, { time: clock() }));
  if (name === 'expired') {
    const next = encodeURIComponent(location.pathname + location.search);
    line.append(element('a', { href: `${meta('sign-in')}?next=${next}`, target: '_blank' }, word('signIn')));
  }
}

function body(form) {
  const typed = new FormData(form);
  for (const input of form.querySelectorAll('input[type="file"], input[type="password"]')) {
    typed.delete(input.name);
  }
  return typed;
}

const keyOf = (form) => KEY + (form.dataset.draft || `${location.pathname}#${form.id || form.getAttribute('action') || ''}`);

function keep(form) {
  const entries = [...body(form)].filter(([name]) => name !== 'csrfmiddlewaretoken');
  try {
    sessionStorage.setItem(keyOf(form), JSON.stringify({ at: clock(), entries }));
  } catch {
    say(form, 'unsaved');
  }
}

const forget = (form) => sessionStorage.removeItem(keyOf(form));

// Before the page is left for sign-in: whatever differs from what the server sent stays in the tab.
export function keepAll() {
  document.querySelectorAll('form').forEach((form) => {
    if (form.method === 'post' && states.get(form)?.dirty) keep(form);
  });
}

function plan(form, wait) {
  const state = stateOf(form);
  const due = Date.now() + wait;
  if (state.timer && state.due <= due) return;
  clearTimeout(state.timer);
  state.due = due;
  state.timer = setTimeout(() => send(form), wait);
}

async function send(form, { isLeaving = false } = {}) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = 0;
  if (!state.dirty || !form.isConnected || state.flight) return;
  state.dirty = false;
  state.flight = new AbortController();
  say(form, 'saving');
  try {
    const answer = await fetch(form.dataset.draft, {
      method: 'POST',
      body: body(form),
      headers: { 'X-CSRFToken': meta('csrf-token'), 'HX-Request': 'true', 'X-Draft': '1' },
      redirect: 'manual',
      keepalive: isLeaving,
      signal: state.flight.signal,
    });
    settle(form, answer);
  } catch (error) {
    if (error.name !== 'AbortError') wait(form, 'offline');
  } finally {
    state.flight = null;
    if (state.dirty) plan(form, TYPING_MS);
  }
}

function settle(form, answer) {
  if (answer.ok) {
    forget(form);
    say(form, 'saved');
  } else if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 403) {
    wait(form, 'expired');
  } else if (answer.status === 409) {
    say(form, 'clash');
  } else if (answer.status < 500 && answer.status !== 429) {
    keep(form);
    say(form, 'unsaved');
  } else {
    wait(form, 'offline');
  }
}

function wait(form, name) {
  const state = stateOf(form);
  state.dirty = true;
  state.isExpired = name === 'expired';
  keep(form);
  say(form, name);
  if (!state.isExpired) setTimeout(() => send(form), RETRY_MS);
}

function again() {
  document.querySelectorAll('form[data-draft]').forEach(async (form) => {
    const state = states.get(form);
    if (!state?.dirty || state.flight) return;
    if (state.isExpired) await refreshToken();
    send(form);
  });
}

// Signing in again in another tab changes the token: the sign-in address leads to a page with the new one.
async function refreshToken() {
  try {
    const answer = await fetch(meta('sign-in'), { credentials: 'same-origin' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const token = page.querySelector('meta[name="csrf-token"]')?.content;
    if (!token) return;
    document.querySelector('meta[name="csrf-token"]').content = token;
    document.querySelectorAll('input[name="csrfmiddlewaretoken"]').forEach((one) => { one.value = token; });
  } catch {
    // Still offline: the next return to this tab tries again.
  }
}

function typed(event, wait) {
  const form = event.target.form;
  if (!form || form.method !== 'post') return;
  stateOf(form).dirty = true;
  if (form.dataset.draft) plan(form, wait);
}
document.addEventListener('input', (event) => typed(event, TYPING_MS));
document.addEventListener('change', (event) => typed(event, CHANGE_MS));
addEventListener('online', again);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) again();
  else document.querySelectorAll('form[data-draft]').forEach((form) => send(form, { isLeaving: true }));
});

// What is being submitted is no draft any more; a late draft must not come back after the record.
export function submitted(form) {
  const state = states.get(form);
  if (!state) return;
  clearTimeout(state.timer);
  state.timer = 0;
  // Leaving the page for the answer hides it, and a hidden page keeps what is dirty: nothing is.
  state.dirty = false;
  state.flight?.abort();
}
document.addEventListener('submit', ({ target }) => {
  if (target.hasAttribute('data-sign-out')) {
    Object.keys(sessionStorage).filter((key) => key.startsWith(KEY)).forEach((key) => sessionStorage.removeItem(key));
  }
});

function offer(form) {
  const saved = sessionStorage.getItem(keyOf(form));
  if (!saved || form.querySelector('[data-kept]')) return;
  const { at, entries } = JSON.parse(saved);
  const use = element('button', { class: 'btn btn--sm', type: 'button' }, word('use'));
  const drop = element('button', { class: 'btn btn--quiet btn--sm', type: 'button' }, word('drop'));
  const box = element(
    'div',
    { class: 'alert alert--accent', 'data-kept': '' },
    icon('save'),
    element('div', {}, word('kept', { time: at })),
    use,
    drop,
  );
  use.addEventListener('click', () => {
    fill(form, entries);
    box.remove();
    forget(form);
    stateOf(form).dirty = true;
    if (form.dataset.draft) send(form);
  });
  drop.addEventListener('click', () => {
    box.remove();
    forget(form);
  });
  form.prepend(box);
}

// What is hidden or chosen from this computer is nobody's typing; a password is never kept.
export function fill(form, entries) {
  for (const input of form.elements) {
    if (!input.name || /hidden|file|password/.test(input.type)) continue;
    const values = entries.filter(([name]) => name === input.name).map(([, value]) => value);
    if (/checkbox|radio/.test(input.type)) input.checked = values.includes(input.value);
    else if (input.multiple) [...input.options].forEach((one) => { one.selected = values.includes(one.value); });
    else if (values.length) input.value = values[0];
  }
}

document.addEventListener('htmx:load', ({ target }) => {
  const forms = target.matches?.('form') ? [target] : target.querySelectorAll?.('form') ?? [];
  [...forms].filter((form) => form.method === 'post').forEach(offer);
});
