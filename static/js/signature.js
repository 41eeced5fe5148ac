// A signature drawn with pen, finger or mouse. What is sent are the strokes in the pad's own units (600 by 200),
// so the same hidden field redraws them after a refusal and the server makes the picture itself.
const WIDTH = 600;
const HEIGHT = 200;
const EACH = 2; // points nearer than this are left out

const fieldOf = (canvas) => canvas.closest('[data-sign]').querySelector('input[name=drawing]');

const kept = (field) => {
  try { return JSON.parse(field.value || '[]'); } catch { return []; }
};

function draw(canvas, strokes) {
  const pen = canvas.getContext('2d');
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.lineWidth = 3;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  pen.strokeStyle = getComputedStyle(canvas).color;
  strokes.forEach((line) => {
    pen.beginPath();
    line.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  });
}

function pointOf(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const within = (part, most) => Math.max(0, Math.min(most, Math.round(part * most)));
  return [within((event.clientX - box.left) / box.width, WIDTH), within((event.clientY - box.top) / box.height, HEIGHT)];
}

let drawing = null;

document.addEventListener('pointerdown', (event) => {
  const canvas = event.target.closest?.('[data-sign] canvas');
  if (!canvas || event.button) return;
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  drawing = { canvas, id: event.pointerId, strokes: [...kept(fieldOf(canvas)), [pointOf(canvas, event)]] };
});

document.addEventListener('pointermove', (event) => {
  if (!drawing || event.pointerId !== drawing.id) return;
  const line = drawing.strokes.at(-1);
  const [x, y] = pointOf(drawing.canvas, event);
  const [lastX, lastY] = line.at(-1);
  if (Math.abs(x - lastX) + Math.abs(y - lastY) < EACH) return;
  line.push([x, y]);
  draw(drawing.canvas, drawing.strokes);
});

const finish = (event) => {
  if (!drawing || event.pointerId !== drawing.id) return;
  fieldOf(drawing.canvas).value = JSON.stringify(drawing.strokes);
  drawing = null;
};
document.addEventListener('pointerup', finish);
document.addEventListener('pointercancel', finish);

document.addEventListener('click', (event) => {
  const pad = event.target.closest?.('[data-sign-clear]')?.closest('[data-sign]');
  if (!pad) return;
  pad.querySelector('input[name=drawing]').value = '';
  draw(pad.querySelector('canvas'), []);
});

const redraw = (root) => root.querySelectorAll?.('[data-sign] canvas').forEach((canvas) => draw(canvas, kept(fieldOf(canvas))));
document.addEventListener('htmx:load', ({ target }) => redraw(target));
redraw(document);
