// A form is sent once: a second submit waits for the answer of the first.
import { submitted } from './drafts.js';

// A download answers without leaving the page and tells nobody; the form opens again after this long.
const DOWNLOAD_MS = 8000;

function isClosed(button) {
  return button?.getAttribute('aria-disabled') === 'true';
}

function busy(form, button) {
  form.dataset.busy = '1';
  button?.setAttribute('aria-busy', 'true');
}

function free(form) {
  delete form.dataset.busy;
  form.querySelectorAll('[aria-busy]').forEach((one) => one.removeAttribute('aria-busy'));
}

function forgetErrors(form) {
  form.querySelectorAll('[data-focus], .error').forEach((one) => one.remove());
  form.querySelectorAll('.field--bad').forEach((one) => { one.className = 'field'; });
  form.querySelectorAll('[aria-invalid]').forEach((one) => one.removeAttribute('aria-invalid'));
}

// Capture: runs before htmx takes the event.
document.addEventListener(
  'submit',
  (event) => {
    const form = event.target;
    if (form.method === 'dialog' || form.matches('[data-reveal-form]')) return;
    if (form.dataset.busy || isClosed(event.submitter)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    busy(form, event.submitter);
    submitted(form);
    const isDownload = form.hasAttribute('data-download');
    if (isDownload || form.method === 'get') setTimeout(() => free(form), DOWNLOAD_MS);
    // The page stays when a file comes: what it said of the last try must not stay with it.
    if (isDownload) forgetErrors(form);
  },
  true,
);
document.addEventListener('htmx:afterRequest', ({ detail }) => {
  const form = detail.elt.closest?.('form');
  if (form) free(form);
});
document.addEventListener('htmx:validation:halted', ({ target }) => {
  const form = target.closest('form');
  if (form) free(form);
});
addEventListener('pageshow', (event) => {
  if (event.persisted) document.querySelectorAll('form[data-busy]').forEach(free);
});

// A step closed by a rule stays focusable; a click moves to the first missing item that `.why` names.
document.addEventListener('click', (event) => {
  const button = event.target.closest('[aria-disabled="true"]');
  if (!button) return;
  event.preventDefault();
  const why = document.getElementById(button.getAttribute('aria-describedby') ?? '');
  (why?.querySelector('a') ?? why)?.focus();
}, true);

// After a refusal the sentences take the focus, so that they are read first.
document.addEventListener('htmx:load', ({ target }) => {
  const errors = target.matches?.('[data-focus]') ? target : target.querySelector?.('[data-focus]');
  errors?.focus();
});
