// Charts of the portal: ECharts cut down to what is used, drawn as SVG, coloured from the tokens.
import { BarChart, LineChart, RadarChart } from 'echarts/charts';
import { AriaComponent, GridComponent, MarkLineComponent, RadarComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { build, colorOf, heightOf, wide } from './drawings.js';
import { word } from './words.js';

use([
  BarChart, LineChart, RadarChart,
  AriaComponent, GridComponent, MarkLineComponent, RadarComponent, TooltipComponent,
  CanvasRenderer, SVGRenderer,
]);

const drawn = new Map();

const watcher = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    if (contentRect.width > 0) draw(target.closest('[data-chart]'));
  }
});

function palette() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    colors: [1, 2, 3, 4, 5].map((n) => read(`--c${n}`)),
    area: read('--c1-area'),
    grid: read('--c-grid'),
    axis: read('--line-2'),
    track: read('--surface-3'),
    surface: read('--surface'),
    ink: read('--ink'),
    ink2: read('--ink-2'),
    ink3: read('--ink-3'),
    line: read('--line'),
    danger: read('--danger'),
    dangerInk: read('--danger-ink'),
    font: read('--font'),
  };
}

function optionOf(figure, width) {
  const facts = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const look = palette();
  const names = facts.series.map((one) => one.name).join('、');
  return {
    animation: false,
    textStyle: { fontFamily: look.font, fontSize: 12, color: look.ink3 },
    aria: {
      enabled: true,
      label: { description: `${word(`chart${facts.kind[0].toUpperCase()}${facts.kind.slice(1)}`)}：${facts.title}（${names}）；${word('sameNumbers')}` },
      decal: { show: matchMedia('(prefers-contrast: more), (forced-colors: active)').matches },
    },
    ...build(facts, look, width, word),
    facts,
  };
}

function draw(figure, given = 0) {
  const place = figure.querySelector('.chart__canvas');
  const width = given || place.clientWidth;
  const before = drawn.get(figure);
  if (!width || (before && before.width === width && before.theme === stamp())) return;
  const { facts, namesItself, ...option } = optionOf(figure, width);
  const height = heightOf(facts, width);
  const legend = figure.parentElement.querySelector('[data-legend]');
  if (legend) legend.hidden = Boolean(namesItself);
  let chart = before?.chart;
  if (!chart) {
    place.replaceChildren();
    place.dataset.drawn = '';
    place.style.height = `${height}px`;
    chart = init(place, null, { renderer: 'svg', width, height, locale: 'ZH' });
    chart.on('click', ({ seriesIndex, dataIndex }) => open(figure, seriesIndex, dataIndex));
  }
  place.style.height = `${height}px`;
  chart.resize({ width, height });
  chart.setOption(option, { notMerge: true });
  drawn.set(figure, { chart, width, facts, theme: stamp() });
}

// A bar opens to its rows, as its number in the table does.
function open(figure, series, at) {
  const { facts } = drawn.get(figure);
  const url = facts.series[series]?.urls?.[at];
  if (url) location.assign(url);
}

const stamp = () => getComputedStyle(document.documentElement).getPropertyValue('--c1');

function start(root = document) {
  for (const [figure, { chart }] of drawn) {
    if (figure.isConnected) continue;
    chart.dispose();
    drawn.delete(figure);
  }
  root.querySelectorAll('[data-chart]').forEach((figure) => {
    watcher.observe(figure.querySelector('.chart__canvas'));
    draw(figure);
  });
}

// On paper a chart is as wide as the sheet allows; afterwards as wide as the screen.
const PAPER = 640;
addEventListener('beforeprint', () => drawn.forEach(({ width }, figure) => width > PAPER && draw(figure, PAPER)));
addEventListener('afterprint', () => drawn.forEach((one, figure) => draw(figure)));

document.addEventListener('portal:theme', () => drawn.forEach((one, figure) => draw(figure)));
document.addEventListener('htmx:load', ({ target }) => start(target.parentElement ?? document));

// A picture carries its title, legend and ground, so that it can stand in another document.
document.addEventListener('portal:picture', ({ detail: { box, title, kind, save } }) => {
  const figure = box.querySelector('[data-chart]');
  const width = Math.max(drawn.get(figure)?.width ?? 0, 640);
  const { facts, namesItself, ...option } = optionOf(figure, width);
  const look = palette();
  const keys = namesItself || facts.series.length < 2 ? [] : facts.series;
  const head = keys.length ? 64 : 44;
  const height = heightOf(facts, width);
  const isVector = kind === 'svg';
  const chart = init(isVector ? null : document.createElement('canvas'), null, {
    renderer: isVector ? 'svg' : 'canvas', ssr: isVector, width, height, devicePixelRatio: 2,
  });
  chart.setOption({ ...option, aria: { enabled: false } });
  (isVector ? vector : bitmap)({ chart, title, look, keys, head, width, height }, save);
});

const KEY_GAP = 16;

function vector({ chart, title, look, keys, head, width, height }, save) {
  let x = KEY_GAP;
  const legend = keys.map((one) => {
    const at = x;
    x += wide(one.name) + 16 + KEY_GAP;
    return (
      `<rect x="${at}" y="40" width="12" height="12" rx="2" fill="${colorOf(one, look)}"/>` +
      `<text x="${at + 16}" y="50" font-size="12" fill="${look.ink2}">${escape(one.name)}</text>`
    );
  });
  const drawing = chart.renderToSVGString().replace('<svg ', `<svg x="0" y="${head}" `);
  const whole =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + head + 12}" font-family="${escape(look.font)}">` +
    `<rect width="100%" height="100%" fill="${look.surface}"/>` +
    `<text x="${KEY_GAP}" y="28" font-size="16" font-weight="700" fill="${look.ink}">${escape(title)}</text>` +
    `${legend.join('')}${drawing}</svg>`;
  save(new Blob([whole], { type: 'image/svg+xml' }), `${title}.svg`);
  chart.dispose();
}

function bitmap({ chart, title, look, keys, head, width, height }, save) {
  const sheet = document.createElement('canvas');
  const pen = sheet.getContext('2d');
  sheet.width = width * 2;
  sheet.height = (height + head + 12) * 2;
  pen.scale(2, 2);
  pen.fillStyle = look.surface;
  pen.fillRect(0, 0, width, height + head + 12);
  pen.fillStyle = look.ink;
  pen.font = `700 16px ${look.font}`;
  pen.fillText(title, KEY_GAP, 28);
  pen.font = `12px ${look.font}`;
  let x = KEY_GAP;
  for (const one of keys) {
    pen.fillStyle = colorOf(one, look);
    pen.fillRect(x, 40, 12, 12);
    pen.fillStyle = look.ink2;
    pen.fillText(one.name, x + 16, 50);
    x += wide(one.name) + 16 + KEY_GAP;
  }
  pen.drawImage(chart.getRenderedCanvas({ pixelRatio: 2 }), 0, head, width, height);
  sheet.toBlob((blob) => save(blob, `${title}.png`));
  chart.dispose();
}

const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

start();
