// Theme, density and each folded group of the navigation: a cookie each, read by the server so that the next page
// is right at once.
import { on, word } from './words.js';

const root = document.documentElement;
const YEAR_S = 31536000;
const system = matchMedia('(prefers-color-scheme: dark)');

function remember(name, value) {
  const isSecure = location.protocol === 'https:';
  root.dataset[name] = value;
  document.cookie =
    `${isSecure ? '__Host-' : ''}${name}=${value}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax` +
    (isSecure ? '; Secure' : '');
}

export const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);

function tell() {
  document.querySelectorAll('[data-theme-toggle]').forEach((button) => {
    if (!button.textContent.trim()) button.setAttribute('aria-label', word(isDark() ? 'light' : 'dark'));
    const use = button.querySelector('use');
    use?.setAttribute('href', use.getAttribute('href').replace(/#.*/, isDark() ? '#i-sun' : '#i-moon'));
  });
  document.dispatchEvent(new CustomEvent('portal:theme'));
}

function showDensity() {
  const density = root.dataset.density || 'regular';
  document.querySelectorAll('[data-density-set]').forEach((button) => {
    button.setAttribute('aria-pressed', String(button.dataset.densitySet === density));
  });
}

on('click', '[data-theme-toggle]', () => {
  remember('theme', isDark() ? 'light' : 'dark');
  tell();
});
on('click', '[data-density-set]', (event, button) => {
  remember('density', button.dataset.densitySet);
  showDensity();
});
// The click comes before the group opens or closes.
on('click', '[data-nav-fold] > summary', (event, summary) => {
  const group = summary.parentElement;
  remember(`fold${group.dataset.navFold}`, group.open ? 'f' : 'o');
});
system.addEventListener('change', tell);

// Paper is white: charts drawn in dark colours are redrawn for it.
let before;
addEventListener('beforeprint', () => {
  before = root.dataset.theme;
  root.dataset.theme = 'light';
  tell();
});
addEventListener('afterprint', () => {
  if (before) root.dataset.theme = before;
  else delete root.dataset.theme;
  tell();
});

tell();
showDensity();
