import { el, state, table } from '../dom.js';
import { count, time } from '../format.js';

const MEANING = {
  suspected: ['Suspected', 'more events are rejected than chance allows; they are kept apart'],
  ended: ['As before', 'rejections are rare again'],
  broken: ['New regime', 'nearly every event was rejected: these are normal now'],
  accepted: ['New regime', 'the suspicion lasted: its events are learned as normal'],
};

/** Changes that the learner has noticed, newest first. */
export function driftTable(drifts) {
  if (drifts.length === 0) return state('empty', 'None noticed', el('p', {}, 'A lasting change of what is normal is listed here, and drawn as a line in the chart.'));
  return table('Drift, newest first', ['Time', { number: 'Event' }, 'What', 'Meaning', { number: 'Rejected above usual' }],
    [...drifts].reverse().map(one => [
      one.time ? time(one.time) : '–', { number: count(one.offset) }, MEANING[one.stage][0], MEANING[one.stage][1],
      { number: `${Math.round(100 * one.size)} %` }]));
}
