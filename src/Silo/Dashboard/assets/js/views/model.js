import { el, state, tile, table } from '../dom.js';
import { count, number } from '../format.js';

/** The snapshot that scores: shares of the components, what the features look like, how training goes. */
export function showModel(node, model, definition, partition) {
  const title = el('h2', {}, 'Model');
  if (model.version === 0) {
    node.replaceChildren(title, state('warmingUp', 'No model yet', el('p', {}, `It comes after ${count(partition.warmUpNeeded)} events.`)));
    return;
  }
  node.replaceChildren(title,
    el('dl', { class: 'tiles' }, tile('Engine', model.engine), tile('Parameters', count(model.parameters)), tile('Window', `${count(model.windowCount)} events`),
      tile('Training steps', count(partition.steps)), tile('Kept out by the guard', count(partition.rejectedByGuard)),
      tile('Numeric failures', count(partition.skippedSteps + partition.choleskyRepairs + partition.failedPublishes))),
    el('h2', {}, 'Shares of the components'),
    ...shares(model),
    el('h2', {}, 'Features in the window'),
    table('Features in the window', ['Feature', { number: 'Mean' }, { number: 'Deviation' }],
      model.featureMeans.slice(0, 64).map((mean, i) => [definition.features[i]?.name ?? definition.features[i], { number: number(mean, 4) },
        { number: number(model.featureDeviations[i], 4) }])));
}

function shares(model) {
  return model.shares.map((share, i) => {
    const fill = el('b');
    fill.style.width = `${Math.round(1000 * share) / 10}%`;
    const [member, component] = [Math.floor(i / model.components), i % model.components];
    return el('div', { class: 'bar' }, el('span', {}, model.members > 1 ? `member ${member + 1}, ${component + 1}` : `component ${component + 1}`),
      el('span', { 'aria-hidden': 'true' }, fill), el('span', {}, `${(100 * share).toFixed(1)} %`));
  });
}
