// The one search box: `/` focuses it, arrows choose a suggestion, Enter opens it, Esc closes the list.
import htmx from 'htmx.org';
import { word } from './words.js';

const box = () => document.querySelector('[data-omni]');
const panel = () => document.getElementById('omni-panel');
const rows = () => [...(panel()?.querySelectorAll('[role="option"]') ?? [])];

function point(row) {
  rows().forEach((one) => one.setAttribute('aria-selected', String(one === row)));
  if (row) box().setAttribute('aria-activedescendant', row.id);
  else box().removeAttribute('aria-activedescendant');
  row?.scrollIntoView({ block: 'nearest' });
}

function close() {
  if (!panel()) return;
  // An answer still on its way must not open the list again.
  htmx.trigger(box(), 'htmx:abort');
  panel().replaceChildren();
  box().setAttribute('aria-expanded', 'false');
  say('');
  point(null);
}

function say(text) {
  const status = document.querySelector('[data-omni-status]');
  if (status) status.textContent = text;
}

document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest?.('input, textarea, select, [contenteditable]');
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey && box()) {
    event.preventDefault();
    box().focus();
    box().select();
  } else if (event.target === box() && panel()) {
    // While Chinese is being composed the arrows and Enter belong to the input method.
    if (event.isComposing) return;
    const all = rows();
    const at = all.findIndex((row) => row.getAttribute('aria-selected') === 'true');
    if (event.key === 'Escape') close();
    else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && all.length) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      point(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
    } else if (event.key === 'Enter' && at >= 0) {
      event.preventDefault();
      all[at].click();
    }
  }
});
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  // An answer to what is no longer typed, or to a box that was left, is dropped.
  if (detail.target?.id !== 'omni-panel') return;
  const asked = detail.requestConfig?.parameters?.q ?? detail.requestConfig?.formData?.get('q');
  if (asked !== undefined && asked !== box().value) detail.shouldSwap = false;
  if (!box().closest('form').contains(document.activeElement)) detail.shouldSwap = false;
});
document.addEventListener('htmx:afterSwap', ({ detail }) => {
  if (detail.target?.id === 'omni-panel') {
    box().setAttribute('aria-expanded', String(rows().length > 0));
    point(null);
    say(box().value.trim() ? word('found', { n: rows().length }) : '');
  }
});
document.addEventListener('focusout', (event) => {
  const form = event.target.closest?.('.omni');
  if (form && !form.contains(event.relatedTarget)) {
    setTimeout(() => {
      if (!form.contains(document.activeElement)) close();
    }, 150);
  }
});
