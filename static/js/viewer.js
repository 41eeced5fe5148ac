// The page that shows a file: larger, smaller, turned. Sizes and turns are steps named in viewer.css:
// the policy allows no style of the moment.
const STEPS = [50, 75, 100, 125, 150, 200, 300, 400];
const bar = document.querySelector('[data-viewer-bar]');
const sheets = document.querySelector('.viewer');
const pages = [...sheets.querySelectorAll('.viewer__page')];

function tell(name, n) {
  bar.querySelector('[data-viewer-said]').textContent = bar.dataset[name].replace('{n}', n);
}

// What is in the middle of the window stays there.
function steadily(act) {
  const middle = innerHeight / 2;
  const page = pages.find((one) => one.getBoundingClientRect().bottom > middle) ?? pages.at(-1);
  const before = page.getBoundingClientRect();
  const across = (sheets.scrollLeft + sheets.clientWidth / 2) / sheets.scrollWidth;
  const down = Math.min(1, (middle - before.top) / before.height);
  act();
  const after = page.getBoundingClientRect();
  if (down > 0) scrollBy({ top: after.top + down * after.height - middle, behavior: 'instant' });
  sheets.scrollLeft = across * sheets.scrollWidth - sheets.clientWidth / 2;
}

function zoom(step) {
  const now = STEPS.indexOf(Number(sheets.dataset.zoom ?? 100));
  const size = step ? STEPS[Math.min(STEPS.length - 1, Math.max(0, now + step))] : 100;
  steadily(() => {
    if (step) sheets.dataset.zoom = size;
    else delete sheets.dataset.zoom;
  });
  bar.querySelector('[data-zoom-now]').textContent = `${size}%`;
  bar.querySelector('[data-zoom-by="-1"]').disabled = size === STEPS[0];
  bar.querySelector('[data-zoom-by="1"]').disabled = size === STEPS.at(-1);
  tell('sayZoom', size);
}

function turn(page, by) {
  const turned = (Number(page.dataset.turn ?? 0) + by + 360) % 360;
  if (turned) page.dataset.turn = turned;
  else delete page.dataset.turn;
  return turned;
}

if (pages.length) {
  bar.hidden = false;
  sheets.querySelectorAll('[data-turn-page]').forEach((one) => { one.hidden = false; });
  document.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-zoom-by], [data-turn-by], [data-turn-page]');
    if (!button) return;
    if (button.dataset.zoomBy) zoom(Number(button.dataset.zoomBy));
    else if (button.dataset.turnBy) {
      steadily(() => tell('sayTurn', pages.map((one) => turn(one, Number(button.dataset.turnBy)))[0]));
    } else tell('sayTurn', turn(button.closest('.viewer__page'), 90));
  });
}
