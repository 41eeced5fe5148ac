// Black boxes on the pages of a paper. The form's field holds them, a line of five numbers each; here they are drawn,
// made with the mouse, moved and sized with mouse, finger or keys. Numbers are thousandths of the page.
const WHOLE = 1000;
const LEAST = 6; // less than this was a click
const STEP = 5;
const SVG = 'http://www.w3.org/2000/svg';

const field = document.querySelector('[data-boxes]');
const area = document.querySelector('[data-blacken]');
const sheets = new Map([...document.querySelectorAll('.boxes')].map((one) => [Number(one.dataset.page), one]));
const said = document.querySelector('[data-boxes-said]');

let boxes = [];
let chosen = -1;

const read = () => {
  boxes = field.value.split('\n').map((line) => line.match(/\d+/g)?.map(Number)).filter((one) => one?.length === 5);
};

function write() {
  field.value = boxes.map((one) => one.join(' ')).join('\n');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

const shape = (name, parts) => {
  const made = document.createElementNS(SVG, name);
  Object.entries(parts).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
};

function draw(isFocused) {
  sheets.forEach((sheet) => sheet.replaceChildren());
  const counts = {};
  boxes.forEach(([page, x, y, width, height], index) => {
    counts[page] = (counts[page] ?? 0) + 1;
    const label = area.dataset.sayBox.replace('{p}', page).replace('{n}', counts[page]);
    const group = shape('g', { class: 'box', tabindex: 0, role: 'button', 'aria-label': label, 'aria-pressed': index === chosen });
    group.dataset.index = index;
    group.append(shape('rect', { x, y, width, height }));
    if (index === chosen) group.append(shape('rect', { class: 'box__corner', x: x + width - 14, y: y + height - 10, width: 14, height: 10 }));
    sheets.get(page)?.append(group);
    if (index === chosen && isFocused) group.focus({ preventScroll: true });
  });
  said.textContent = boxes.length ? said.dataset.say.replace('{n}', boxes.length) : '';
}

const clamp = (value, least, most) => Math.max(least, Math.min(most, Math.round(value)));

function place(index, x, y, width, height) {
  const w = clamp(width, LEAST, WHOLE);
  const h = clamp(height, LEAST, WHOLE);
  boxes[index] = [boxes[index][0], clamp(x, 0, WHOLE - w), clamp(y, 0, WHOLE - h), w, h];
}

function drop() {
  if (chosen < 0) return;
  boxes.splice(chosen, 1);
  chosen = -1;
  write();
  draw();
}

const pointOf = (sheet, event) => {
  const frame = sheet.getBoundingClientRect();
  return [((event.clientX - frame.left) / frame.width) * WHOLE, ((event.clientY - frame.top) / frame.height) * WHOLE];
};

let act = null;

area?.addEventListener('pointerdown', (event) => {
  const sheet = event.target.closest('.boxes');
  if (!sheet || event.button) return;
  const group = event.target.closest('.box');
  // A finger on the page itself scrolls.
  if (!group && event.pointerType === 'touch') return;
  event.preventDefault();
  const at = pointOf(sheet, event);
  if (group) {
    chosen = Number(group.dataset.index);
    act = { sheet, at, from: [...boxes[chosen]], isSize: event.target.classList.contains('box__corner') };
  } else {
    boxes.push([Number(sheet.dataset.page), Math.round(at[0]), Math.round(at[1]), 0, 0]);
    chosen = boxes.length - 1;
    act = { sheet, at, isNew: true };
  }
  area.setPointerCapture(event.pointerId);
  draw(true);
});

area?.addEventListener('pointermove', (event) => {
  if (!act) return;
  const [x, y] = pointOf(act.sheet, event);
  const [fromX, fromY] = act.at;
  if (act.isNew) {
    const left = clamp(Math.min(x, fromX), 0, WHOLE);
    const top = clamp(Math.min(y, fromY), 0, WHOLE);
    boxes[chosen] = [boxes[chosen][0], left, top, clamp(Math.max(x, fromX), 0, WHOLE) - left, clamp(Math.max(y, fromY), 0, WHOLE) - top];
  } else {
    const [, left, top, width, height] = act.from;
    if (act.isSize) place(chosen, left, top, width + x - fromX, height + y - fromY);
    else place(chosen, left + x - fromX, top + y - fromY, width, height);
  }
  draw(true);
});

const finish = () => {
  if (!act) return;
  if (act.isNew && Math.min(boxes[chosen][3], boxes[chosen][4]) < LEAST) {
    boxes.pop();
    chosen = -1;
  }
  act = null;
  write();
  draw(true);
};
area?.addEventListener('pointerup', finish);
area?.addEventListener('pointercancel', finish);

const MOVES = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

area?.addEventListener('keydown', (event) => {
  const group = event.target.closest('.box');
  if (!group) return;
  chosen = Number(group.dataset.index);
  const move = MOVES[event.key];
  if (move) {
    const [, x, y, width, height] = boxes[chosen];
    if (event.shiftKey) place(chosen, x, y, width + move[0], height + move[1]);
    else place(chosen, x + move[0], y + move[1], width, height);
    write();
  } else if (event.key === 'Delete' || event.key === 'Backspace') drop();
  else if (event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  draw(true);
});

area?.addEventListener('click', ({ target }) => {
  const add = target.closest('[data-box-add]');
  if (add) {
    boxes.push([Number(add.dataset.boxAdd), 350, 450, 300, 40]);
    chosen = boxes.length - 1;
    write();
    draw(true);
  } else if (target.closest('[data-box-drop]')) drop();
});

if (field && area) {
  area.querySelectorAll('[data-box-add], [data-box-drop]').forEach((one) => { one.hidden = false; });
  field.addEventListener('change', () => { read(); draw(); });
  read();
  draw();
}
