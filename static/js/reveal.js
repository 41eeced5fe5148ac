// The eye: asks for a reason, posts it, shows the answer for its seconds and hides it again.
import { goToSignIn } from './requests.js';
import { meta, on, word } from './words.js';

let eye;

const dialog = () => document.getElementById('reveal');
const errorBox = () => dialog().querySelector('[data-reveal-error]');

on('click', '[data-reveal]', (event, button) => {
  eye = button;
  errorBox().hidden = true;
  dialog().querySelector('h2').textContent = button.getAttribute('aria-label').replace(/[（(].*/, '');
  dialog().showModal();
});

document.addEventListener('submit', async (event) => {
  if (!event.target.matches('[data-reveal-form]')) return;
  event.preventDefault();
  const form = event.target;
  if (form.dataset.busy) return;
  form.dataset.busy = '1';
  try {
    const answer = await fetch(eye.dataset.reveal, {
      method: 'POST',
      body: new FormData(form),
      headers: { 'X-CSRFToken': meta('csrf-token'), 'HX-Request': 'true' },
      redirect: 'manual',
    });
    if (answer.type === 'opaqueredirect' || answer.status === 401) goToSignIn();
    else if (answer.ok) show(await answer.text());
    else refuse(answer.status < 500 ? sentence(await answer.text()) : word('server', { code: answer.status }));
  } catch {
    refuse(word('network'));
  } finally {
    delete form.dataset.busy;
  }
});

function sentence(html) {
  const text = new DOMParser().parseFromString(html, 'text/html').body.textContent.trim();
  return text.length <= 200 ? text : word('refused', { code: '' });
}

function refuse(text) {
  errorBox().textContent = text;
  errorBox().hidden = false;
}

function show(html) {
  dialog().close();
  const place = eye.parentElement.querySelector('[data-masked]');
  const button = eye;
  const masked = [...place.childNodes];
  const seen = new DOMParser().parseFromString(html, 'text/html').body;
  place.replaceChildren(...seen.childNodes);
  place.setAttribute('role', 'status');
  button.hidden = true;
  const count = place.querySelector('[data-countdown]');
  let left = Number(place.querySelector('[data-shown]')?.dataset.shown) || 30;
  const hide = () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', hideWhenAway);
    place.replaceChildren(...masked);
    place.removeAttribute('role');
    button.hidden = false;
  };
  const hideWhenAway = () => document.hidden && hide();
  const tick = () => {
    if (count) count.textContent = word('hideIn', { n: left });
    left -= 1;
    if (left < 0) hide();
  };
  const timer = setInterval(tick, 1000);
  // A screen that is left must not keep an identity on it.
  document.addEventListener('visibilitychange', hideWhenAway);
  tick();
}
