// The sentences the scripts say; the server writes them, translated, into #portal-words.
export function word(name, values = {}) {
  const key = `say${name[0].toUpperCase()}${name.slice(1)}`;
  const said = document.getElementById('portal-words')?.dataset[key] ?? '';
  return said.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
}

export const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? '';

export const clock = () => new Date().toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false });

// `on('click', '[data-open]', act)`: one listener on the page also serves what htmx brings later.
export function on(type, selector, act) {
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(event, found);
  });
}

export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const use = document.createElementNS(space, 'use');
  svg.setAttribute('class', 'i');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `${meta('sprite')}#i-${name}`);
  svg.append(use);
  return svg;
}

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
