// A chart and its table are the same numbers: swap them, take them away as CSV or as a picture.
import { meta, on } from './words.js';

on('click', '[data-swap]', (event, button) => {
  const isTable = button.getAttribute('aria-pressed') !== 'true';
  const [figure, table] = document.getElementById(button.dataset.swap).children;
  figure.hidden = isTable;
  table.hidden = !isTable;
  button.setAttribute('aria-pressed', String(isTable));
});

on('click', '[data-download]', (event, button) => {
  const box = document.getElementById(button.dataset.for);
  if (!box) return;
  const title = document.getElementById(`${box.id}-h`).textContent.trim();
  if (button.dataset.download === 'csv') {
    save(new Blob(['\ufeff', csv(box.querySelector('table'))], { type: 'text/csv;charset=utf-8' }), `${title}.csv`);
  } else {
    document.dispatchEvent(
      new CustomEvent('portal:picture', { detail: { box, title, kind: button.dataset.download, save } }),
    );
  }
});

function csv(table) {
  return [...table.rows]
    .map((row) => [...row.cells].map((cell) => quote(cell.textContent.trim())).join(','))
    .join('\r\n');
}

// A cell that a spreadsheet would run as a formula is shown as text.
function quote(text) {
  const isNumber = /^-?[\d,]*\.?\d+%?$/.test(text);
  const plain = isNumber ? text.replace(/,/g, '') : text;
  const safe = !isNumber && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/[\\/:*?"<>|]/g, ' ');
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Only pages with a chart pay for the chart library.
let isLoading = false;
function load() {
  if (isLoading || !document.querySelector('[data-chart]')) return;
  isLoading = true;
  const script = document.createElement('script');
  script.src = meta('charts');
  script.addEventListener('error', () => {
    // Without the library the numbers are still there.
    isLoading = false;
    document.querySelectorAll('[data-swap][aria-pressed="false"]').forEach((button) => button.click());
  });
  document.head.append(script);
}
document.addEventListener('htmx:load', load);
load();
