// Menus, dialogs, tabs: what opens, what closes it, and where the focus goes afterwards.
import { on } from './words.js';

const openMenus = () => document.querySelectorAll('details[data-menu][open]');

document.addEventListener('click', (event) => {
  openMenus().forEach((menu) => {
    const isDone = event.target.closest('.menu__panel') && event.target.closest('[data-download]');
    if (!menu.contains(event.target) || isDone) menu.open = false;
  });
});
document.addEventListener('focusout', (event) => {
  const menu = event.target.closest?.('details[data-menu][open]');
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  openMenus().forEach((menu) => {
    menu.open = false;
    menu.querySelector('summary').focus();
  });
  const side = document.querySelector('.split__side:not(:empty):not([hidden])');
  if (side && !document.querySelector('dialog[open]')) closeSide(side);
});

// The browser gives the focus back to whatever had it before showModal().
on('click', '[data-open]', (event, button) => {
  document.getElementById(button.dataset.open)?.showModal();
});
on('click', '[data-close]', (event, button) => {
  const named = document.getElementById(button.dataset.close || '');
  if (named) closeSide(named);
  else button.closest('dialog')?.close();
});
document.addEventListener('click', (event) => {
  if (event.target.nodeName === 'DIALOG' && !isInside(event)) event.target.close();
});

function isInside({ clientX: x, clientY: y, target }) {
  const box = target.getBoundingClientRect();
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}

function closeSide(side) {
  side.replaceChildren();
  document.querySelector('[data-side-opener]')?.focus();
}

// A panel beside a list takes the focus when it arrives and gives it back when it is closed.
document.addEventListener('htmx:afterSwap', ({ detail }) => {
  if (!detail.target?.classList.contains('split__side')) return;
  document.querySelectorAll('[data-side-opener]').forEach((one) => one.removeAttribute('data-side-opener'));
  detail.requestConfig.elt.setAttribute('data-side-opener', '');
  const title = detail.target.querySelector('h2');
  title?.setAttribute('tabindex', '-1');
  title?.focus();
});

function pick(tab) {
  tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]').forEach((one) => {
    const isOn = one === tab;
    one.setAttribute('aria-selected', String(isOn));
    one.tabIndex = isOn ? 0 : -1;
    const panel = document.getElementById(one.getAttribute('aria-controls'));
    if (panel) panel.hidden = !isOn;
  });
  tab.focus();
}
on('click', '[role="tablist"] [role="tab"]', (event, tab) => pick(tab));
on('keydown', '[role="tablist"] [role="tab"]', (event, tab) => {
  const tabs = [...tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]')];
  const at = tabs.indexOf(tab);
  const next = {
    ArrowRight: tabs[(at + 1) % tabs.length],
    ArrowLeft: tabs[(at - 1 + tabs.length) % tabs.length],
    Home: tabs[0],
    End: tabs[tabs.length - 1],
  }[event.key];
  if (next) {
    event.preventDefault();
    pick(next);
  }
});

on('click', '[data-print]', () => print());
on('click', '[data-back]', () => history.back());
on('click', '[data-reload]', () => location.reload());
document.querySelectorAll('[data-back]').forEach((one) => { one.hidden = history.length < 2; });
document.querySelectorAll('[data-reload]').forEach((one) => { one.hidden = false; });
