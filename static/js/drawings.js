// What each kind of chart looks like: options of ECharts from the facts, the colours and the width.

const ROW = 28;
const AXIS = 24;
const LABEL = 110;
const LINE = 15;

const write = (value, suffix = '') => (value == null ? '—' : value.toLocaleString('en-US') + suffix);

export function heightOf(facts, width) {
  const rows = facts.categories.length;
  const lines = linesOf(facts);
  if (facts.kind === 'line') return width < 480 ? 220 : 230;
  if (facts.kind === 'radar') return Math.min(290, Math.max(230, width * 0.75));
  if (facts.kind === 'funnel') return rows * Math.max(40, lines * LINE + 8) + 4;
  const abreast = facts.kind === 'bar' ? facts.series.length : 1;
  return rows * Math.max(ROW, abreast * 14 + 8, lines * LINE + 8) + (facts.target ? AXIS : 4);
}

export function build(facts, look, width, word) {
  return { line, bar: bars, stacked: bars, funnel, radar }[facts.kind](facts, look, width, word);
}

export function colorOf(one, look) {
  return look.colors[(one.color - 1) % look.colors.length];
}

// The HTML tooltip sets inline styles, which the content security policy forbids: always rich text.
function tooltip(look, facts, more = {}) {
  return {
    renderMode: 'richText',
    confine: true,
    backgroundColor: look.surface,
    borderColor: look.axis,
    borderWidth: 1,
    padding: [8, 12],
    textStyle: { color: look.ink, fontSize: 12, fontFamily: look.font },
    valueFormatter: (value) => write(value, facts.suffix),
    ...more,
  };
}

const quiet = { axisTick: { show: false }, axisLine: { show: false } };

function line(facts, look, width) {
  const ends = facts.series.map((one) => one.values[one.values.length - 1]);
  const most = Math.max(...facts.series.flatMap((one) => one.values.map(Number)), 1);
  const isCrowded = ends.some((end, at) => ends.some((other, to) => to > at && Math.abs(end - other) / most < 0.1));
  // Words at the end of the lines where they fit, a legend above where they would collide.
  const hasEnds = width >= 420 && !isCrowded && ends.every((end) => end != null);
  const longest = Math.max(...facts.series.map((one) => wide(`${one.name} ${one.texts[one.texts.length - 1]}`)));
  return {
    namesItself: hasEnds,
    tooltip: tooltip(look, facts, { trigger: 'axis', axisPointer: { lineStyle: { color: look.axis } } }),
    grid: { left: 8, right: hasEnds ? longest + 16 : 12, top: 10, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category', data: facts.categories, boundaryGap: false, ...quiet,
      axisLabel: { color: look.ink3, hideOverlap: true },
    },
    yAxis: {
      type: 'value', minInterval: 1, splitNumber: 4, ...quiet,
      axisLabel: { color: look.ink3, formatter: (value) => write(value, facts.suffix) },
      splitLine: { lineStyle: { color: look.grid } },
    },
    series: facts.series.map((one, at) => ({
      type: 'line',
      name: one.name,
      data: one.values.map((value, place, all) => ({ value, symbol: isMarked(all, place) ? 'circle' : 'none' })),
      showSymbol: true,
      showAllSymbol: true,
      symbolSize: 7,
      itemStyle: { color: look.surface, borderColor: colorOf(one, look), borderWidth: 2 },
      lineStyle: { color: colorOf(one, look), width: 2, type: at === 1 ? [5, 3] : 'solid', cap: 'round' },
      areaStyle: at === 0 ? { color: look.area } : undefined,
      endLabel: hasEnds && {
        show: true, color: look.ink, fontWeight: 600, offset: [4, 0],
        formatter: ({ dataIndex }) => `${one.name} ${one.texts[dataIndex]}`,
      },
      emphasis: { disabled: true },
      markLine: at === 0 ? target(facts, look, 'yAxis') : undefined,
    })),
  };
}

// A remark in brackets, as a scale's code or how many there were, stays whole on a line of its own.
const parted = (name) => (wide(name) > LABEL ? name.replaceAll('（', '\n（') : name);
const linesOfName = (name) => parted(name).split('\n').reduce((sum, part) => sum + Math.ceil(wide(part) / LABEL), 0);
const linesOf = (facts) => Math.max(...facts.categories.map(linesOfName));

// Long names break into lines; short ones take only the room they need.
function breaking(facts) {
  return linesOf(facts) > 1 ? { width: LABEL, overflow: 'break', lineHeight: LINE, formatter: parted } : {};
}

// The last point is marked, and any point that no line reaches.
function isMarked(all, at) {
  return at === all.length - 1 || ((all[at - 1] ?? null) === null && (all[at + 1] ?? null) === null);
}

// The drawn width of a label at 12 px: a Chinese character is a square, a letter about half of one.
export function wide(text) {
  return [...text].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 255 ? 12 : 7), 0);
}

function target(facts, look, axis) {
  return facts.target && {
    symbol: 'none', silent: true, animation: false,
    lineStyle: { color: look.danger, width: 1.5, type: [3, 3] },
    label: {
      formatter: facts.target.label, color: look.dangerInk, fontSize: 12, backgroundColor: look.surface, padding: [1, 3],
      position: axis === 'xAxis' ? 'end' : 'insideEndTop', distance: 6,
    },
    data: [{ [axis]: facts.target.value }],
  };
}

function bars(facts, look) {
  const isStacked = facts.kind === 'stacked';
  const sums = facts.categories.map((name, at) => facts.series.reduce((sum, one) => sum + (one.values[at] ?? 0), 0));
  const most = facts.maximum ?? Math.max(...(isStacked ? sums : facts.series.flatMap((one) => one.values.map(Number))));
  const ends = isStacked ? sums.map((sum) => write(round(sum), facts.suffix)) : facts.series.flatMap((one) => one.texts);
  const room = Math.max(...ends.map(wide)) + 12;
  return {
    tooltip: tooltip(look, facts, { trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: look.track, opacity: 0.5 } } }),
    grid: { left: 0, right: room, top: 0, bottom: facts.target ? AXIS : 0, containLabel: true },
    xAxis: { type: 'value', max: most || 1, show: false },
    yAxis: {
      type: 'category', inverse: true, data: facts.categories, ...quiet,
      axisLabel: { color: look.ink, ...breaking(facts) },
    },
    series: facts.series.map((one, at) => ({
      type: 'bar',
      name: one.name,
      data: one.values,
      stack: isStacked ? 'all' : undefined,
      barWidth: isStacked ? 16 : facts.series.length > 1 ? undefined : 14,
      itemStyle: {
        color: colorOf(one, look),
        borderRadius: isStacked ? 0 : 2,
        borderColor: isStacked ? look.surface : undefined,
        borderWidth: isStacked ? 1 : 0,
      },
      showBackground: !isStacked,
      backgroundStyle: { color: look.track, borderRadius: 2 },
      label: valueLabel(facts, look, one, at, sums, isStacked),
      emphasis: { disabled: true },
      markLine: at === 0 ? target(facts, look, 'xAxis') : undefined,
      z: facts.series.length - at + 2,
    })).concat(isStacked || facts.series.length > 1 ? [] : [rim(facts, look, most)]),
  };
}

const round = (value) => Math.round(value * 100) / 100;

// Sums stand after the last piece; single values stand in one column at the right edge (see rim).
function valueLabel(facts, look, one, at, sums, isStacked) {
  const common = { position: 'right', color: look.ink, fontWeight: 600 };
  if (isStacked) {
    return {
      ...common, show: at === facts.series.length - 1,
      formatter: ({ dataIndex }) => write(round(sums[dataIndex]), facts.suffix),
    };
  }
  return { ...common, show: facts.series.length > 1, formatter: ({ dataIndex }) => one.texts[dataIndex] };
}

// An unseen bar over the whole width whose label is the value: numbers align whatever the bar's length.
function rim(facts, look, most) {
  return {
    type: 'bar', silent: true, barGap: '-100%', barWidth: 14, tooltip: { show: false },
    data: facts.series[0].values.map(() => most || 1),
    itemStyle: { color: 'transparent' },
    label: {
      show: true, position: 'right', color: look.ink, fontWeight: 600,
      formatter: ({ dataIndex }) => facts.series[0].texts[dataIndex],
    },
  };
}

function funnel(facts, look, width, word) {
  const [one] = facts.series;
  const most = Math.max(...one.values.map(Number), 1);
  const shares = one.values.map((value, at) => (at && one.values[at - 1] ? Math.round((value * 100) / one.values[at - 1]) : null));
  const hasShares = width >= 360;
  const steps = one.values.length;
  const half = one.values.map((value) => (most - value) / 2);
  const unseen = { type: 'bar', stack: 'step', silent: true, barWidth: 30, itemStyle: { color: 'transparent' }, tooltip: { show: false }, emphasis: { disabled: true } };
  const room = Math.max(...one.texts.map(wide)) + 16;
  const said = Math.max(...shares.map((share) => (share == null ? 0 : wide(word('ofPrevious', { n: share })))));
  return {
    tooltip: tooltip(look, facts, { trigger: 'item' }),
    grid: { left: 0, right: room + (hasShares ? said + 8 : 0), top: 0, bottom: 0, containLabel: true },
    xAxis: { type: 'value', max: most, show: false },
    yAxis: { type: 'category', inverse: true, data: facts.categories, ...quiet, axisLabel: { color: look.ink, margin: 12, ...breaking(facts) } },
    series: [
      { ...unseen, data: half },
      {
        type: 'bar', stack: 'step', name: one.name, barWidth: 30, emphasis: { disabled: true },
        data: one.values.map((value, at) => ({
          value,
          itemStyle: { color: colorOf(one, look), opacity: 1 - (0.55 * at) / Math.max(steps - 1, 1), borderRadius: 2 },
        })),
      },
      {
        ...unseen,
        data: half,
        label: {
          show: true, position: 'right', color: look.ink, fontWeight: 600, distance: 10,
          formatter: ({ dataIndex }) =>
            `{n|${one.texts[dataIndex]}}` +
            (hasShares && shares[dataIndex] != null ? `{s|${word('ofPrevious', { n: shares[dataIndex] })}}` : ''),
          rich: { n: { width: room - 10, fontWeight: 600, color: look.ink }, s: { color: look.ink3, fontWeight: 'normal' } },
        },
      },
    ],
  };
}

function radar(facts, look, width) {
  const first = facts.series[0].texts;
  const last = facts.series[facts.series.length - 1].texts;
  const isCompared = facts.series.length > 1;
  return {
    tooltip: tooltip(look, facts, { trigger: 'item' }),
    radar: {
      center: ['50%', '52%'],
      radius: width < 340 ? '56%' : '66%',
      splitNumber: 4,
      clockwise: true,
      indicator: facts.categories.map((name, at) => ({
        name: isCompared ? `${name} ${first[at]}→${last[at]}` : `${name} ${first[at]}`,
        max: facts.maximum ?? undefined,
      })),
      axisName: { color: look.ink, fontSize: 12 },
      axisLine: { lineStyle: { color: look.grid } },
      splitLine: { lineStyle: { color: look.grid } },
      splitArea: { show: false },
      axisNameGap: 8,
    },
    series: [{
      type: 'radar',
      emphasis: { disabled: true },
      data: facts.series.map((one, at) => {
        const isLast = at === facts.series.length - 1;
        return {
          name: one.name,
          value: one.values,
          symbol: isLast ? 'circle' : 'none',
          symbolSize: 6,
          itemStyle: { color: isLast ? look.surface : colorOf(one, look), borderColor: colorOf(one, look), borderWidth: 2 },
          lineStyle: { color: colorOf(one, look), width: 2, type: isLast ? 'solid' : [5, 3] },
          areaStyle: isLast ? { color: look.area } : undefined,
        };
      }),
    }],
  };
}
