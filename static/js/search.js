// The one search box: `/` focuses it, arrows choose a suggestion, Enter opens it, Esc closes the list.
const box = () => document.querySelector('[data-omni]');
const list = () => document.getElementById('omni-list');
const rows = () => [...(list()?.querySelectorAll('[role="option"]') ?? [])];

function point(row) {
  rows().forEach((one) => one.setAttribute('aria-selected', String(one === row)));
  if (row) box().setAttribute('aria-activedescendant', row.id);
  else box().removeAttribute('aria-activedescendant');
  row?.scrollIntoView({ block: 'nearest' });
}

function close() {
  if (!list()) return;
  list().replaceChildren();
  box().setAttribute('aria-expanded', 'false');
  point(null);
}

document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest?.('input, textarea, select, [contenteditable]');
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey && box()) {
    event.preventDefault();
    box().focus();
    box().select();
  } else if (event.target === box() && list()) {
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
document.addEventListener('htmx:afterSwap', ({ detail }) => {
  if (detail.target?.id === 'omni-list') {
    box().setAttribute('aria-expanded', String(rows().length > 0));
    point(null);
  }
});
document.addEventListener('focusout', (event) => {
  const form = event.target.closest?.('.omni');
  if (form && !form.contains(event.relatedTarget)) setTimeout(close, 150);
});
