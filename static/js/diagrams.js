// A drawing above its rows: dragged or moved by arrow keys, drawn anew by the server after every change.
// The rows alone are the form; without this script the buttons of the page do the same.
const STEP = 10;
const EDGE = 4000;
const GRID = 10;

let moving = null;
let focused = '';

const boxOf = (node) => node.closest('[data-diagram]');
const rowOf = (box, code) => box.closest('form').querySelector(`[data-row="${CSS.escape(code)}"]`);
const within = (value) => Math.round(Math.max(-EDGE, Math.min(EDGE, value)));

function redraw(box) {
  box.dispatchEvent(new Event('redraw'));
}

// Where the pointer is, in the drawing's own units.
function pointOf(svg, { clientX, clientY }) {
  return new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
}

function place(box, code, x, y) {
  const row = rowOf(box, code);
  if (!row) return;
  focused = code;
  for (const [axis, value] of [['x', x], ['y', y]]) {
    const field = row.querySelector(`input[name$="-${axis}"]`);
    field.value = within(value);
  }
  // The draft hears of it like of anything typed.
  row.querySelector('input[name$="-x"]').dispatchEvent(new Event('input', { bubbles: true }));
  redraw(box);
}

document.addEventListener('pointerdown', (event) => {
  const node = event.target.closest?.('[data-diagram] [data-node]');
  if (!node || event.button !== 0) return;
  const svg = node.ownerSVGElement;
  moving = {
    node, svg, box: boxOf(node), from: pointOf(svg, event), x: Number(node.dataset.x), y: Number(node.dataset.y), by: null,
  };
  node.setPointerCapture(event.pointerId);
});

document.addEventListener('pointermove', (event) => {
  if (!moving) return;
  const now = pointOf(moving.svg, event);
  moving.by = { x: now.x - moving.from.x, y: now.y - moving.from.y };
  moving.node.classList.add('is-moving');
  moving.node.setAttribute('transform', `translate(${moving.by.x} ${moving.by.y})`);
});

document.addEventListener('pointerup', () => {
  if (!moving) return;
  const { node, box, x, y, by, isLate } = moving;
  moving = null;
  if (!by || Math.hypot(by.x, by.y) < 3) {
    node.classList.remove('is-moving');
    node.removeAttribute('transform');
    if (isLate) redraw(box);
    return;
  }
  const round = (value) => Math.round(value / GRID) * GRID;
  place(box, node.dataset.node, round(x + by.x), round(y + by.y));
});

document.addEventListener('pointercancel', () => {
  moving?.node.removeAttribute('transform');
  moving = null;
});

const KEYS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

document.addEventListener('keydown', (event) => {
  const node = event.target.closest?.('[data-diagram] [data-node]');
  if (!node) return;
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    rowOf(boxOf(node), node.dataset.node)?.querySelector('input:not([type="hidden"])')?.focus();
  } else if (KEYS[event.key]) {
    event.preventDefault();
    const [dx, dy] = KEYS[event.key];
    node.dataset.x = Number(node.dataset.x) + dx;
    node.dataset.y = Number(node.dataset.y) + dy;
    place(boxOf(node), node.dataset.node, Number(node.dataset.x), Number(node.dataset.y));
  }
});

// Names of people in the lists follow what is typed, so that nobody relates the wrong row.
function rename(input) {
  const number = input.closest('tr')?.dataset.row;
  if (!number || !input.name.endsWith('-label')) return;
  const said = `${number.slice(1)} ${input.value.trim()}`;
  input.form.querySelectorAll(`select option[value="${CSS.escape(number)}"]`).forEach((one) => { one.textContent = said; });
}

document.addEventListener('input', ({ target }) => {
  if (target.closest?.('.drawing-rows')) rename(target);
});

document.addEventListener('change', (event) => {
  const form = event.target.form;
  const box = form?.querySelector('[data-diagram]');
  if (!box || !event.target.closest('.drawing-rows')) return;
  focused = '';
  redraw(box);
});

// A drawing that arrives while somebody drags would take the person out of the hand: it is asked for again.
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  if (!moving || detail.target !== moving.box) return;
  detail.shouldSwap = false;
  moving.isLate = true;
});

document.addEventListener('htmx:afterSwap', ({ target }) => {
  if (!target.matches?.('[data-diagram]') || !focused) return;
  target.querySelector(`[data-node="${CSS.escape(focused)}"]`)?.focus();
});
