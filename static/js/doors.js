// Pages without an account: what is typed stays in this tab until it was received; one step at a time.
import { fill } from './drafts.js';
import { clock, icon, word } from './words.js';

const WAIT_MS = 300;
const KEY = 'kept:door:';

const timers = new WeakMap();

function say(form, isKept) {
  const line = form.querySelector('[data-keep-state]');
  if (!line) return;
  if (!navigator.onLine) {
    line.className = 'saved saved--off';
    line.replaceChildren(icon('off'), word('noNetwork'));
  } else if (isKept) {
    line.className = 'saved saved--ok';
    line.replaceChildren(icon('save'), word('keptHere', { time: clock() }));
  } else {
    line.className = 'saved';
    line.replaceChildren();
  }
}

function keep(form) {
  const entries = [...new FormData(form)].filter(([name]) => name !== 'once');
  try {
    sessionStorage.setItem(KEY + form.dataset.keep, JSON.stringify(entries));
    say(form, true);
  } catch {
    say(form, false);
  }
}

function restore(form) {
  const kept = sessionStorage.getItem(KEY + form.dataset.keep);
  if (!kept || 'bound' in form.dataset) return;
  fill(form, JSON.parse(kept));
  say(form, true);
}

const stepsOf = (form) => [...form.querySelectorAll('[data-step]')];

function show(form, number, { isMoving = true } = {}) {
  stepsOf(form).forEach((step, at) => { step.hidden = at !== number; });
  if (!isMoving) return;
  stepsOf(form)[number].querySelector('h2')?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function begin(form) {
  form.querySelectorAll('[data-step-only]').forEach((one) => { one.hidden = false; });
  const wrong = stepsOf(form).findIndex((step) => step.querySelector('.field--bad'));
  show(form, Math.max(wrong, 0), { isMoving: false });
}

function move(event, by) {
  const form = event.target.closest('form');
  const now = stepsOf(form).findIndex((step) => !step.hidden);
  show(form, Math.min(Math.max(now + by, 0), stepsOf(form).length - 1));
}

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-step-next]')) move(event, 1);
  else if (event.target.closest('[data-step-back]')) move(event, -1);
  // A link in the list of errors leads to its step, not to a hidden field.
  const link = event.target.closest('form[data-steps] .error-list a');
  if (!link) return;
  const form = link.closest('form');
  const at = stepsOf(form).findIndex((step) => step.querySelector(link.getAttribute('href')));
  if (at >= 0) show(form, at, { isMoving: false });
});
// Enter in a field goes on to the next step instead of sending a form that is not yet seen whole.
document.addEventListener('keydown', (event) => {
  const step = event.target.closest?.('[data-step]');
  if (event.key !== 'Enter' || !step || event.target.tagName !== 'INPUT') return;
  const next = step.querySelector('[data-step-next]');
  if (!next || next.closest('[hidden]')) return;
  event.preventDefault();
  next.click();
});
document.addEventListener('input', ({ target }) => {
  const form = target.form;
  if (!form?.dataset.keep) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => keep(form), WAIT_MS));
});
// What is on its way is kept at once: a late timer would keep it again after it was received.
document.addEventListener('submit', ({ target }) => {
  if (!target.dataset.keep) return;
  clearTimeout(timers.get(target));
  keep(target);
}, true);
for (const name of ['online', 'offline']) {
  addEventListener(name, () => document.querySelectorAll('form[data-keep]').forEach((form) => say(form, true)));
}
document.addEventListener('htmx:load', ({ target }) => {
  const found = (selector) => (target.matches?.(selector) ? [target] : [...(target.querySelectorAll?.(selector) ?? [])]);
  found('form[data-keep]').forEach(restore);
  found('form[data-steps]').forEach(begin);
  found('[data-keep-done]').forEach((one) => sessionStorage.removeItem(KEY + one.dataset.keepDone));
});
