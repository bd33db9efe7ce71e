import * as api from '../api.js';
import { AllSeries } from '../allseries.js';
import { el, badge, state, table } from '../dom.js';
import { ago, count, rate, pValue, time } from '../format.js';
import { sparkline } from '../chart.js';
import { poll } from '../poll.js';
import { stateOf, sum, lag, uncovered, Rates } from '../status.js';

const POLL = 2000;
const SPARK_EVENTS = 600;
const SPARK_POINTS = 70;
const ORDER = ['failed', 'draining', 'warmingUp', 'running', 'idle', 'empty'];
const HEADERS = ['Stream', 'State', 'Recent scores', { number: 'Last anomaly' }, { number: 'Anomalies' }, { number: 'Rate' },
  { number: 'Events' }, { number: 'To learn' }, { number: 'Not in checkpoint' }, { number: 'Refused' }, { number: 'Model' }];

export async function show({ main, options, signal, connection }) {
  const rates = new Rates();
  const sparks = new AllSeries({ from: -SPARK_EVENTS, columns: SPARK_POINTS });
  const filter = el('input', { type: 'search', id: 'filter', value: options.filter ?? '', 'aria-label': 'Filter by name', placeholder: 'Filter by name' });
  const body = el('div');
  const draw = list => body.replaceChildren(content(list, filter.value, rates, sparks));
  let last = { streams: [] };
  filter.addEventListener('input', () => {
    draw(last);
    history.replaceState(null, '', filter.value ? `#/streams?filter=${encodeURIComponent(filter.value)}` : '#/streams');
  });

  last = await api.streams(signal);
  main.replaceChildren(el('div', { class: 'head' }, el('h1', {}, 'Streams'), el('span', { class: 'grow' }), filter), body);
  await poll(POLL, signal, async () => {
    last = await api.streams(signal);
    // A stream that is not in memory is left where it is.
    for (const one of last.streams.slice(0, 50)) if (stateOf(one.partitions).kind !== 'idle') await sparks.refresh(one, signal);
    connection('live');
    draw(last);
  }, () => connection('disconnected'));
}

function content({ streams }, filter, rates, sparks) {
  if (streams.length === 0) return empty();
  const rows = streams.filter(one => one.definition.name.includes(filter.trim()))
    .map(one => ({ ...one, state: stateOf(one.partitions), spark: sparks.get(one.definition.name) }))
    .sort((a, b) => ORDER.indexOf(a.state.kind) - ORDER.indexOf(b.state.kind) || newest(b) - newest(a)
      || a.definition.name.localeCompare(b.definition.name));
  if (rows.length === 0) return state('empty', `No stream's name contains "${filter}".`);
  return el('div', { class: 'panel' }, table('Streams', HEADERS, rows.map(one => row(one, rates))),
    el('p', { class: 'hint' }, 'What needs attention stands first. Anomalies and refusals count since the partition was last activated.'));
}

const newest = one => one.spark?.anomalies.length ? Date.parse(one.spark.anomalies.at(-1).time) : 0;

function row({ definition, partitions, state: now, spark }, rates) {
  const name = definition.name;
  const accepted = sum(partitions, 'accepted');
  const anomaly = spark?.anomalies.at(-1);
  return [
    el('a', { href: `#/stream/${encodeURIComponent(name)}/0` }, name),
    badge(now.kind, now.text),
    spark ? sparkline(spark, `last ${count(spark.events)} scores of ${name}, ${spark.anomalies.length} anomalous`) : '–',
    { number: anomaly ? el('a', { href: `#/stream/${encodeURIComponent(name)}/${anomaly.partition}?point=${anomaly.offset}`, title: `${time(anomaly.time)}, p-value ${pValue(anomaly.pValue)}` },
      ago(anomaly.time)) : '–' },
    { number: count(sum(partitions, 'anomalies')) },
    { number: rate(rates.of(name, accepted)) },
    { number: count(accepted) },
    { number: count(lag(partitions)) },
    { number: count(uncovered(partitions)) },
    { number: count(sum(partitions, 'refused')) },
    { number: now.kind === 'idle' ? '–' : `v${Math.max(...partitions.map(p => p.snapshotVersion))}` },
  ];
}

function empty() {
  const origin = location.origin;
  return state('empty', 'No streams yet',
    el('p', {}, 'Create one and push events; it appears here by itself:'),
    el('pre', {}, `curl ${origin}/api/v1/streams -H 'Content-Type: application/json' \\\n  -d '{"name": "pump-17", "features": ["pressure", "flow"]}'\n\n`
      + `curl ${origin}/api/v1/streams/pump-17/events -H 'Content-Type: text/csv' \\\n  --data-binary $'pressure,flow\\n5.1,12.2\\n5.0,12.1\\n'`),
    el('p', {}, el('a', { href: '/reference' }, 'All calls of the HTTP API')));
}
