import { el } from './dom.js';

const VIEWS = [['stream', 'Scores'], ['latent', 'Latent space'], ['training', 'Training']];

/** Links between the views of one partition, and the choice of the partition. */
export function tabs(view, name, partition, partitions) {
  const link = (to, number) => `#/${to}/${encodeURIComponent(name)}/${number}`;
  return el('nav', { class: 'tabs', 'aria-label': `Views of ${name}` },
    ...VIEWS.map(([to, text]) => el('a', { href: link(to, partition), 'aria-current': to === view ? 'page' : null }, text)),
    partitions < 2 ? null : el('select', { 'aria-label': 'Partition', onchange: event => { location.hash = link(view, event.target.value); } },
      ...Array.from({ length: partitions }, (_, i) => el('option', { value: i, selected: i === partition }, `Partition ${i}`))));
}
