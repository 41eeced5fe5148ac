// Success is a toast that leaves by itself; what went wrong stays above the page until it is read.
import { element, icon, on, word } from './words.js';

const TOAST_MS = 6000;

export function fault(sentence, ...actions) {
  clearFaults();
  const box = document.getElementById('alerts');
  const shown = element(
    'div',
    { class: 'alert alert--danger', role: 'alert', 'data-fault': '' },
    icon('warn'),
    element('div', {}, sentence),
    ...actions,
    element('button', { class: 'btn btn--quiet btn--sm', type: 'button', 'data-dismiss': '' }, word('dismiss')),
  );
  if (box) box.append(shown);
  else document.body.prepend(shown);
  shown.scrollIntoView({ block: 'nearest' });
}

export function clearFaults() {
  document.querySelectorAll('[data-fault]').forEach((one) => one.remove());
}

export function toast({ text, undo = '' }) {
  const shown = element('div', { class: 'toast', 'data-toast': '' }, element('span', {}, text));
  if (undo) {
    shown.append(
      element('button', { class: 'btn btn--sm', type: 'button', 'data-undo': undo }, word('undo')),
    );
  }
  document.getElementById('toasts')?.append(shown);
  fade(shown);
}

// A toast waits while it is read: under the pointer or with the focus inside it does not leave.
function fade(shown) {
  setTimeout(() => {
    if (shown.matches(':hover, :focus-within')) fade(shown);
    else shown.remove();
  }, TOAST_MS);
}

on('click', '[data-dismiss]', (event, button) => button.closest('.alert, .toast')?.remove());
on('click', '[data-undo]', (event, button) => {
  window.htmx.ajax('POST', button.dataset.undo, { swap: 'none' });
  button.closest('.toast').remove();
});
document.addEventListener('toast', ({ detail }) =>
  toast(detail.value ? { text: detail.value } : detail),
);
document.querySelectorAll('[data-toast]').forEach(fade);
