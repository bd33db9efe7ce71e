import * as api from '../api.js';
import { badge, el, state, table, tile } from '../dom.js';
import { count, number, pValue, time } from '../format.js';

const WORDS = { anomalous: 'anomalous', normal: 'normal', warmingUp: 'warming up' };

/** Why this point: what the service said about one event. */
export async function showPoint(node, stream, partition, offset, definition, signal, onClose) {
  node.replaceChildren(state('loading', `Reading event ${count(offset)} …`));
  try {
    const { scores } = await api.scores(stream, { partition, from: offset, limit: 1 }, signal);
    const score = scores[0];
    if (!score || score.offset !== offset) {
      node.replaceChildren(head(offset, null, onClose), state('empty', 'Its score is no longer kept.'));
      return;
    }
    const why = el('div', { id: 'why' });
    node.replaceChildren(head(offset, score, onClose),
      el('dl', { class: 'tiles' }, tile('Time', time(score.time)), tile('Energy', number(score.energy, 5)), tile('Score', number(score.score, 5)),
        tile('p-value', pValue(score.pValue)), tile('Scored by', score.snapshotVersion === 0 ? 'no model yet' : `snapshot ${score.snapshotVersion}`)),
      el('p', { class: 'hint' }, sentence(score, definition)), why);
    if (score.verdict !== 'warmingUp') await showWhy(why, stream, partition, offset, signal);
  } catch (error) {
    if (!signal.aborted) node.replaceChildren(head(offset, null, onClose), state('error', 'Its score cannot be read', el('p', {}, error.message)));
  }
}

function head(offset, score, onClose) {
  return el('div', { class: 'head' }, el('h2', {}, `Event ${count(offset)}`), score ? badge(score.verdict, WORDS[score.verdict]) : null,
    el('span', { class: 'grow' }), el('button', { type: 'button', id: 'close-point', onclick: onClose }, 'Close'));
}

function sentence(score, definition) {
  if (score.verdict === 'warmingUp') return 'It came before the first model: it has no energy, and raises no alarm.';
  const share = score.pValue < 0.0001 ? 'fewer than one in ten thousand' : `about ${Math.max(1, Math.round(score.pValue * 10000))} in 10,000`;
  const verdict = score.verdict === 'anomalous' ? 'at or below' : 'above';
  return `Of recent events ${share} score this high or higher; that is ${verdict} the stream's alarm rate of ${number(definition.alarmRate)}.`;
}

const PARTS = {
  latent: 'An unusual combination of features', reconstructionDistance: 'Values that the model cannot reproduce',
  reconstructionAngle: 'Features in unusual proportion', reconstructionOther: 'Another reconstruction feature',
};

/** What the energy comes from, what was expected of every feature, and what a person says about it. */
async function showWhy(node, stream, partition, offset, signal) {
  let why;
  try {
    why = await api.explanation(stream, partition, offset, signal);
  } catch (error) {
    if (!signal.aborted) node.replaceChildren(el('p', { class: 'hint' }, `No explanation: ${error.message}`));
    return;
  }
  node.replaceChildren(
    el('div', { class: 'grid' },
      el('div', {}, el('h2', {}, 'Where its energy comes from'),
        el('p', { class: 'hint' }, `A typical event has ${number(why.medianEnergy, 4)}; the parts add up to the difference.`), ...bars(why.parts)),
      el('div', {}, el('h2', {}, 'What was expected'),
        table('Features, largest share of the error first', ['Feature', { number: 'Value' }, { number: 'Expected' }, { number: 'Share of the error' }],
          why.features.slice(0, 20).map(one => [one.name, { number: one.valueText ?? number(one.value, 4) }, { number: one.expectedText ?? number(one.expected, 4) },
            { number: `${(100 * one.errorShare).toFixed(1)} %` }])))),
    feedback(stream, partition, offset));
}

function bars(parts) {
  const most = Math.max(...parts.map(part => Math.abs(part.energy)), 1e-9);
  return parts.map(part => {
    const fill = el('b');
    fill.style.width = `${Math.round(100 * Math.abs(part.energy) / most)}%`;
    if (part.energy > 0) fill.style.background = 'var(--anomaly)';
    return el('div', { class: 'bar' }, el('span', {}, PARTS[part.kind] ?? part.kind), el('span', { 'aria-hidden': 'true' }, fill),
      el('span', {}, `${part.energy > 0 ? '+' : ''}${number(part.energy, 3)}`));
  });
}

function feedback(stream, partition, offset) {
  const result = el('span', { class: 'hint', role: 'status', id: 'label-result' });
  const say = word => async () => {
    try {
      const { limit } = await api.label(stream, partition, offset, word);
      result.textContent = `Noted. Events like it are now judged so; the limit of the p-value is ${pValue(limit)}.`;
    } catch (error) {
      result.textContent = error.message;
    }
  };
  return el('div', { class: 'head' }, el('span', {}, 'Was it an anomaly?'),
    el('button', { type: 'button', id: 'label-anomaly', onclick: say('anomaly') }, 'Yes'),
    el('button', { type: 'button', id: 'label-normal', onclick: say('normal') }, 'No, this is normal'), result);
}
