// How htmx asks and what happens when the answer is not a page: nothing typed is ever thrown away.
import htmx from 'htmx.org';
import { keepAll } from './drafts.js';
import { clearFaults, fault } from './notices.js';
import { meta, word } from './words.js';

const UNSAFE = /^(post|put|patch|delete)$/i;

function isSignIn(url) {
  return Boolean(url) && new URL(url, location.href).pathname === new URL(meta('sign-in'), location.href).pathname;
}

export function goToSignIn() {
  keepAll();
  const here = encodeURIComponent(location.pathname + location.search);
  location.assign(`${meta('sign-in')}?next=${here}`);
}

document.addEventListener('htmx:configRequest', ({ detail }) => {
  if (UNSAFE.test(detail.verb)) detail.headers['X-CSRFToken'] = meta('csrf-token');
});

document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  if (!isSignIn(location.href) && isSignIn(detail.xhr.responseURL)) {
    // The session ended and the server sent the sign-in page: it must not land inside this one.
    detail.shouldSwap = false;
    goToSignIn();
  } else if (detail.serverResponse.includes('data-refusal=')) {
    // A refusal that no form could say belongs above the page, so that the form stays as it was.
    detail.target = document.getElementById('alerts') ?? detail.target;
    detail.swapOverride = 'innerHTML show:#alerts:top';
    detail.selectOverride = 'unset';
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

document.addEventListener('htmx:responseError', ({ detail }) => {
  const code = detail.xhr.status;
  if (code === 401) goToSignIn();
  else if (code === 404) fault(word('missing'));
  else fault(word(code >= 500 ? 'server' : 'refused', { code }));
});
for (const name of ['htmx:sendError', 'htmx:timeout']) {
  document.addEventListener(name, () => fault(word('network')));
}
document.addEventListener('htmx:afterOnLoad', ({ detail }) => {
  if (detail.xhr.status < 400) clearFaults();
});

export { htmx };
