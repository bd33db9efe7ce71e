import * as api from '../api.js';
import { el, state, table, tile } from '../dom.js';
import { count, number, time } from '../format.js';
import { drawCurve, drawShares, purge } from '../chart.js';
import { poll } from '../poll.js';
import { onSettings } from '../settings.js';
import { relink } from '../main.js';
import { tabs } from '../tabs.js';

const POLL = 3000;
const TERMS = [['objective', 'Objective'], ['reconstruction', 'Reconstruction loss'], ['energy', 'Mean energy'], ['penalty', 'Penalty (sum of inverse variances)']];
const DRIFT = { suspected: 'drift suspected: rejected events are kept apart', ended: 'over: the stream goes on as before',
  broken: 'nearly everything was new: learned at once', accepted: 'new regime accepted and learned',
  reconstruction: 'accepted events are reconstructed worse: larger steps for a while' };

/** How training goes: the terms of the objective and the shares of the components over the steps. */
export async function show({ main, rest, options, signal, connection }) {
  const [name, partition] = [rest[0], Number(rest[1] ?? 0)];
  const { definition, partitions } = await api.stream(name, signal);
  const view = new TrainingView(Number(options.member ?? 0));
  const body = el('div');
  main.replaceChildren(el('div', { class: 'head' }, el('h1', {}, name), el('span', { class: 'grow' }), tabs('training', name, partition, definition.partitions)), body);
  const forget = onSettings(() => view.draw());
  signal.addEventListener('abort', () => { forget(); view.close(); }, { once: true });
  const refresh = async () => {
    const [curve, drifts] = await Promise.all([api.training(name, partition, signal), api.drifts(name, partition, signal)]);
    connection('live');
    view.take(body, curve, drifts, partitions[partition]);
  };
  await refresh();
  await poll(POLL, signal, refresh, () => connection('disconnected'));
}

class TrainingView {
  constructor(member) {
    this.member = member;
    this.charts = TERMS.map(([key, title]) => ({ key, title, node: el('div', { class: 'chart low', id: `curve-${key}`, role: 'img', 'aria-label': `${title} over training steps` }) }));
    this.shares = el('div', { class: 'chart low', id: 'curve-shares', role: 'img', 'aria-label': 'Shares of the components over training steps' });
    this.choice = el('label', { class: 'choice', hidden: true });
    this.tiles = el('dl', { class: 'tiles' });
    this.drifts = el('section', { class: 'panel', 'aria-label': 'Drift' });
    this.nodes = [this.tiles,
      el('div', { class: 'grid' }, ...this.charts.map(({ title, node }) => el('section', { class: 'panel', 'aria-label': title }, el('h2', {}, title), node)),
        el('section', { class: 'panel', 'aria-label': 'Shares' }, el('div', { class: 'head' }, el('h2', {}, 'Shares of the components'), el('span', { class: 'grow' }), this.choice), this.shares)),
      this.drifts];
  }

  take(body, curve, drifts, partition) {
    if (curve.points.length === 0) {
      this.curve = null;
      body.replaceChildren(partition.accepted === 0 ? state('empty', 'No events yet')
        : state('empty', 'No training step yet', el('p', {}, 'Push events: every 128 of them are a step or two.')));
      return;
    }
    if (!this.curve) body.replaceChildren(...this.nodes);
    [this.curve, this.noticed] = [curve, drifts];
    const last = curve.points.at(-1);
    this.tiles.replaceChildren(tile('Training steps', count(last.step)), tile('Events passed', count(last.offset)), tile('Snapshot', `v${last.snapshotVersion}`),
      ...TERMS.map(([key, title]) => tile(title.split(' (')[0], number(last[key], 4))));
    this.drifts.replaceChildren(el('h2', {}, 'Drift'), drifts.length === 0 ? state('empty', 'None so far')
      : table('Drift', [{ number: 'Event' }, 'Time', 'What', { number: 'Rejected beyond usual' }],
        drifts.slice().reverse().map(one => [{ number: count(one.offset) }, one.time ? time(one.time) : '–', DRIFT[one.stage] ?? one.stage, { number: `${(100 * one.size).toFixed(0)} %` }])),
      el('p', { class: 'hint' }, 'Dotted lines in the curves are drift. Of many steps every second, fourth, … is kept.'));
    this.members();
    this.draw();
  }

  members() {
    const { members } = this.curve;
    this.member = Math.min(this.member, members - 1);
    if (members < 2 || !this.choice.hidden) return;
    this.choice.hidden = false;
    this.choice.append('Member ', el('select', { id: 'member', onchange: event => {
      this.member = Number(event.target.value);
      relink({ member: this.member });
      this.draw();
    } }, ...Array.from({ length: members }, (_, i) => el('option', { value: i, selected: i === this.member }, `${i + 1} of ${members}`))));
  }

  draw() {
    if (!this.curve) return;
    for (const { key, title, node } of this.charts) drawCurve(node, this.curve, this.noticed, key, title);
    drawShares(this.shares, this.curve, this.noticed, this.member);
  }

  close() {
    for (const { node } of this.charts) purge(node);
    purge(this.shares);
  }
}
