import * as api from '../api.js';
import { AllSeries } from '../allseries.js';
import { el, state } from '../dom.js';
import { count, time } from '../format.js';
import { poll } from '../poll.js';
import { onSettings } from '../settings.js';

const POLL = 3000;
const COLUMNS = 120;
const EVENTS = 5000;

/** One lane per stream, with all its partitions, over one common time: where and when something was unusual. */
export async function show({ main, signal, connection }) {
  const body = el('div', { class: 'panel' });
  const lanes = new AllSeries({ from: -EVENTS, columns: 1000 });
  let drawn = null;
  main.replaceChildren(el('div', { class: 'head' }, el('h1', {}, 'Swim lanes')), body);
  const forget = onSettings(() => drawn && draw(body, drawn));
  signal.addEventListener('abort', forget, { once: true });
  await poll(POLL, signal, async () => {
    const { streams } = await api.streams(signal);
    drawn = await read(streams, lanes, signal);
    connection('live');
    draw(body, drawn);
  }, () => connection('disconnected'));
}

async function read(streams, lanes, signal) {
  const read = [];
  for (const one of streams.slice(0, 60)) {
    const series = await lanes.refresh(one, signal);
    if (series) read.push([one.definition.name, series]);
  }
  return read;
}

function draw(body, lanes) {
  if (lanes.length === 0) {
    body.replaceChildren(state('empty', 'No events yet'));
    return;
  }
  const all = lanes.flatMap(([, series]) => [series.time[0], series.time.at(-1)]).filter(value => value !== undefined);
  const [start, end] = [Math.min(...all), Math.max(...all)];
  body.replaceChildren(
    ...lanes.map(([name, series]) => lane(name, series, start, end)),
    el('p', { class: 'legend' }, swatch('--good-bg', 'usual'), swatch('--threshold', 'high for this stream'), swatch('--anomaly', 'anomalous')),
    el('p', { class: 'hint' }, `The newest ${count(EVENTS)} events of every partition, ${time(start)} to ${time(end)}. A column has the highest score of its time; click one to see it.`));
}

function lane(name, series, start, end) {
  const columns = Array.from({ length: COLUMNS }, () => ({ high: null, anomaly: null, at: null }));
  const index = at => Math.min(COLUMNS - 1, Math.max(0, Math.floor(COLUMNS * (at - start) / Math.max(1, end - start))));
  series.score.forEach((score, i) => {
    if (score === null) return;
    const column = columns[index(series.time[i])];
    if (column.high === null || score > column.high) { column.high = score; column.at = [series.partition[i], series.offset[i]]; }
  });
  for (const one of series.anomalies) columns[index(Date.parse(one.time))].anomaly = [one.partition, one.offset];
  const sorted = series.score.filter(score => score !== null).sort((a, b) => a - b);
  const highFrom = sorted.length ? sorted[Math.floor(0.995 * (sorted.length - 1))] : Infinity;
  const canvas = el('canvas', { width: COLUMNS * 8, height: 26, role: 'img', 'aria-label': `${name}: ${count(series.anomalies.length)} anomalous events` });
  const context = canvas.getContext('2d');
  const color = variable => getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
  columns.forEach((column, i) => {
    if (column.high === null) return;
    context.fillStyle = color(column.anomaly !== null ? '--anomaly' : column.high >= highFrom ? '--threshold' : '--good-bg');
    context.fillRect(i * 8, 0, 7, 26);
  });
  canvas.addEventListener('click', event => {
    const column = columns[Math.floor(COLUMNS * event.offsetX / canvas.clientWidth)];
    const [partition, offset] = column?.anomaly ?? column?.at ?? [];
    if (offset !== undefined) location.hash = `#/stream/${encodeURIComponent(name)}/${partition}?point=${offset}`;
  });
  return el('div', { class: 'lane' }, el('a', { href: `#/stream/${encodeURIComponent(name)}/0` }, name), canvas);
}

function swatch(color, text) {
  const square = el('i', { 'aria-hidden': 'true' });
  square.style.background = `var(${color})`;
  return el('span', {}, square, text);
}
