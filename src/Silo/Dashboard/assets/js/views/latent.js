import * as api from '../api.js';
import { el, state, table } from '../dom.js';
import { count, number } from '../format.js';
import { drawLatent, isAlive, purge } from '../chart.js';
import { poll } from '../poll.js';
import { onSettings } from '../settings.js';
import { relink } from '../main.js';
import { tabs } from '../tabs.js';

const POLL = 3000;
const EVENTS = 500;

/** What the model makes of events: codes of recent ones among the components of the mixture, two dimensions at a time. */
export async function show({ main, rest, options, signal, connection }) {
  const [name, partition] = [rest[0], Number(rest[1] ?? 0)];
  const { definition, partitions } = await api.stream(name, signal);
  const wish = { member: Number(options.member ?? 0), x: Number(options.x ?? 0), y: Number(options.y ?? 1), events: EVENTS };
  const tools = el('div', { class: 'head' });
  const chart = el('div', { class: 'chart', id: 'latent', role: 'img' });
  const components = el('section', { class: 'panel', 'aria-label': 'Components' });
  const body = el('div');
  main.replaceChildren(el('div', { class: 'head' }, el('h1', {}, name), el('span', { class: 'grow' }), tabs('latent', name, partition, definition.partitions)), body);
  let [last, shown] = [null, null];
  const redraw = () => last && last.version > 0 && drawLatent(chart, last);
  const forget = onSettings(redraw);
  signal.addEventListener('abort', () => { forget(); purge(chart); }, { once: true });

  const refresh = async () => {
    const space = await api.latent(name, { ...wish, partition }, signal);
    connection('live');
    if (space.version === 0) return waiting(body, partitions[partition]);
    if (shown !== choices(space)) {
      tools.replaceChildren(...selects(space, change));
      body.replaceChildren(el('section', { class: 'panel', 'aria-label': 'Latent space' }, tools, chart, legend()), components);
      shown = choices(space);
    }
    last = space;
    chart.setAttribute('aria-label', `${space.axes[space.y]} over ${space.axes[space.x]}: ${space.offset.length} events among ${space.components.length} components`);
    components.replaceChildren(...numbers(space));
    await redraw();
    if (!chart.dataset.bound) {
      chart.dataset.bound = 'yes';
      chart.on('plotly_click', event => {
        const offset = event.points[0].customdata;
        if (offset !== undefined) location.hash = `#/stream/${encodeURIComponent(name)}/${partition}?point=${offset}`;
      });
    }
  };
  async function change(options) {
    Object.assign(wish, options);
    relink({ member: wish.member, x: wish.x, y: wish.y });
    await refresh().catch(() => connection('disconnected'));
  }

  await refresh();
  await poll(POLL, signal, refresh, () => connection('disconnected'));
}

const choices = space => `${space.members} ${space.axes.length} ${space.member} ${space.x} ${space.y}`;

function waiting(body, partition) {
  body.replaceChildren(partition.accepted === 0 ? state('empty', 'No events yet')
    : state('warmingUp', 'No model yet', el('p', {}, `It comes after ${count(partition.warmUpNeeded)} events.`)));
}

function selects(space, change) {
  const select = (id, text, names, value, key) => el('label', { class: 'choice' }, `${text} `, el('select', { id, onchange: event => change({ [key]: Number(event.target.value) }) },
    ...names.map((name, i) => el('option', { value: i, selected: i === value }, name))));
  return [
    space.members > 1 ? select('member', 'Member', Array.from({ length: space.members }, (_, i) => `${i + 1} of ${space.members}`), space.member, 'member') : null,
    select('axis-x', 'Right', space.axes, space.x, 'x'), select('axis-y', 'Up', space.axes, space.y, 'y'),
  ].filter(node => node !== null);
}

function legend() {
  const entry = (color, text) => {
    const square = el('i', { 'aria-hidden': 'true' });
    square.style.background = `var(${color})`;
    return el('span', {}, square, text);
  };
  return el('div', {},
    el('p', { class: 'legend' }, entry('--score', 'recent event'), entry('--anomaly', 'anomalous event'), entry('--model', 'component: half, and 95 % of its events')),
    el('p', { class: 'hint' }, 'The newest events whose features are kept, under the snapshot that scores now. Units are deviations of the window. Click a point for its reason.'));
}

function numbers(space) {
  return [el('h2', {}, 'Components'), table('Components', ['Component', { number: 'Share' }, { number: space.axes[space.x] }, { number: space.axes[space.y] }],
    space.components.map((one, k) => [`${k + 1}`, { number: `${(100 * one.share).toFixed(1)} %` }, { number: number(one.x, 3) }, { number: number(one.y, 3) }])),
    el('p', { class: 'hint' }, `Snapshot v${space.version}.${space.components.some(one => !isAlive(one)) ? ' Components with less than 1 % of the events are not drawn.' : ''}`)];
}
