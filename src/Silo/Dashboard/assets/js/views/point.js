import * as api from '../api.js';
import { badge, el, state, tile } from '../dom.js';
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
    node.replaceChildren(head(offset, score, onClose),
      el('dl', { class: 'tiles' }, tile('Time', time(score.time)), tile('Energy', number(score.energy, 5)), tile('Score', number(score.score, 5)),
        tile('p-value', pValue(score.pValue)), tile('Scored by', score.snapshotVersion === 0 ? 'no model yet' : `snapshot ${score.snapshotVersion}`)),
      el('p', { class: 'hint' }, sentence(score, definition)));
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
