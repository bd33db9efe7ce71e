import * as api from '../api.js';
import { badge, el, state, table } from '../dom.js';
import { ago, count, pValue, time } from '../format.js';
import { watchAlerts } from '../live.js';

const PAGE = 100;
const STATES = { '': 'All alerts', raised: 'Going on', ended: 'Over', passed: 'Too short to be alerts' };
const HEADERS = ['Alert', 'Stream', { number: 'Began' }, { number: 'Lasted' }, { number: 'Anomalous events' }, { number: 'Peak' }, 'Attributes', 'Taken',
  'Do'];

/** Alerts, and the messages about them that nobody received. */
export async function show({ main, options, signal, connection }) {
  const filter = el('select', { id: 'state', 'aria-label': 'Which alerts' },
    ...Object.entries(STATES).map(([value, text]) => el('option', { value, selected: value === (options.state ?? '') }, text)));
  const failure = el('p', { role: 'alert' });
  const [list, dead] = [el('div'), el('div')];
  const draw = async () => {
    const [page, letters] = await Promise.all([
      api.alerts({ limit: PAGE, ...(filter.value && { state: filter.value }) }, signal), api.deadLetters(signal)]);
    // A button that has the focus is not taken away from under somebody.
    if (list.contains(document.activeElement) || dead.contains(document.activeElement)) return;
    list.replaceChildren(content(page, act));
    dead.replaceChildren(...letters.deliveries.length === 0 ? [] : [undelivered(letters.deliveries, act)]);
  };
  const act = call => async event => {
    event.target.blur();
    try {
      failure.textContent = '';
      await call();
      await draw();
    } catch (error) {
      failure.textContent = error.message;
    }
  };
  // One at a time; what changes meanwhile is drawn by the next one. Nobody looks: nothing is read.
  let [drawing, again] = [false, false];
  const redraw = async () => {
    again = true;
    if (drawing || document.hidden) return;
    drawing = true;
    while (again && !signal.aborted) {
      again = false;
      await draw().catch(() => {});
    }
    drawing = false;
  };
  document.addEventListener('visibilitychange', () => again && redraw(), { signal });
  filter.addEventListener('change', () => {
    history.replaceState(null, '', filter.value ? `#/alerts?state=${filter.value}` : '#/alerts');
    list.replaceChildren(state('loading', 'Loading …'));
    redraw();
  });
  await draw();
  main.replaceChildren(el('div', { class: 'head' }, el('h1', {}, 'Alerts'), el('span', { class: 'grow' }), filter), failure, list, dead);
  await watchAlerts({ signal, onAlerts: redraw, onState: kind => connection(kind) });
}

function content({ alerts }, act) {
  if (alerts.length === 0) {
    return state('empty', 'No alerts', el('p', {}, 'Anomalous events that belong together become one alert. ',
      'When they are one, and who is told, is each stream\'s policy: PUT /api/v1/streams/…/alerts/policy.'));
  }
  return el('div', { class: 'panel' }, table('Alerts, the newest first', HEADERS, alerts.map(alert => row(alert, act))));
}

function row(alert, act) {
  const href = `#/stream/${encodeURIComponent(alert.stream)}/${alert.partition}${alert.peak ? `?point=${alert.peak.offset}` : ''}`;
  const text = `${alert.kind}, ${alert.state === 'raised' ? 'going on' : alert.state === 'ended' ? 'over' : alert.state}`;
  const flag = (name, on, label) => el('button', { type: 'button', onclick: act(() => api.flagAlert(alert.id, name, on)) }, label);
  return [
    el('span', {}, badge(alert.state === 'raised' && !alert.suppressed ? 'anomalous' : alert.state, text), alert.suppressed ? ' suppressed' : ''),
    el('a', { href }, alert.partition > 0 ? `${alert.stream}/${alert.partition}` : alert.stream),
    { number: el('span', { title: time(alert.start) }, ago(alert.start)) },
    { number: alert.end ? span(new Date(alert.end) - new Date(alert.start)) : '–' },
    { number: alert.kind === 'silence' ? '–' : count(alert.anomalousEvents) },
    { number: alert.peak ? el('a', { href, title: time(alert.peak.time) }, `p ${pValue(alert.peak.pValue)}`) : '–' },
    Object.entries(alert.attributes).map(([name, value]) => `${name}: ${value}`).join(', '),
    alert.acknowledgedAt ? `${alert.acknowledgedBy ?? 'taken'} ${ago(alert.acknowledgedAt)}${alert.note ? `: ${alert.note}` : ''}` : '',
    el('span', {}, alert.acknowledgedAt ? flag('acknowledge', false, 'Give back') : flag('acknowledge', true, 'Take'), ' ',
      alert.suppressed ? flag('suppress', false, 'Tell again') : flag('suppress', true, 'Keep quiet')),
  ];
}

function undelivered(letters, act) {
  return el('div', { class: 'panel' }, el('h2', {}, 'Messages that nobody received'), table('Messages that were given up',
    ['Stream', 'Tells', 'Webhook', { number: 'Attempts' }, { number: 'Given up' }, 'Why', 'Do'],
    letters.map(letter => [letter.stream, letter.transition, letter.webhook, { number: count(letter.attempts) }, { number: ago(letter.at) },
      letter.error ?? '', el('button', { type: 'button', onclick: act(() => api.resend(letter.number)) }, 'Send again')])));
}

/** A length of time, in one unit. */
function span(milliseconds) {
  for (const [unit, length] of [['h', 3_600_000], ['min', 60_000]])
    if (milliseconds >= 2 * length) return `${Math.floor(milliseconds / length)} ${unit}`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
