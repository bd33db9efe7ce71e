import * as api from '../api.js';
import { badge, el, state, table } from '../dom.js';
import { count } from '../format.js';
import { poll } from '../poll.js';
import { lag, stateOf, uncovered } from '../status.js';

const POLL = 3000;

/** Silos and partitions: who is there, what lags. */
export async function show({ main, signal, connection }) {
  const silos = el('section', { class: 'panel', 'aria-label': 'Silos' });
  const partitions = el('section', { class: 'panel', 'aria-label': 'Partitions' });
  main.replaceChildren(el('div', { class: 'head' }, el('h1', {}, 'Cluster')), silos, partitions);
  await poll(POLL, signal, async () => {
    const [cluster, { streams }] = await Promise.all([api.get('/cluster', signal), api.streams(signal)]);
    connection('live');
    silos.replaceChildren(el('h2', {}, 'Silos'), table('Silos', ['Address', 'Name', 'State', 'Here'],
      cluster.silos.map(silo => [silo.address, silo.name, badge(silo.status === 'active' ? 'running' : 'draining', silo.status), silo.isThis ? 'this page' : ''])));
    const rows = streams.flatMap(({ definition, partitions: all }) => all.map((one, i) => ({ definition, one, i })));
    if (rows.length === 0) return partitions.replaceChildren(el('h2', {}, 'Partitions'), state('empty', 'No streams yet'));
    partitions.replaceChildren(el('h2', {}, 'Partitions'), table('Partitions',
      ['Partition', 'State', { number: 'Events' }, { number: 'To learn' }, { number: 'Not in checkpoint' }, { number: 'Checkpoints' },
        { number: 'Duplicates' }, { number: 'Refused' }, { number: 'Steps' }],
      rows.map(({ definition, one, i }) => {
        const now = stateOf([one]);
        return [el('a', { href: `#/stream/${encodeURIComponent(definition.name)}/${i}` }, one.partition), badge(now.kind, now.text),
          ...[one.accepted, lag([one]), uncovered([one]), one.checkpoints, one.duplicates, one.refused, one.steps].map(value => ({ number: count(value) }))];
      })));
  }, () => connection('disconnected'));
}
