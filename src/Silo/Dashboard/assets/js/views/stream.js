import * as api from '../api.js';
import { badge, el, state, table, tile } from '../dom.js';
import { count, fromAxisTime, number, pValue, rate, time } from '../format.js';
import { drawScores, purge } from '../chart.js';
import { watch } from '../live.js';
import { Points } from '../points.js';
import { poll } from '../poll.js';
import { onSettings, reducedMotion } from '../settings.js';
import { Rates, lag, stateOf } from '../status.js';
import { relink } from '../main.js';
import { tabs } from '../tabs.js';
import { showPoint } from './point.js';
import { showModel } from './model.js';
import { driftTable } from './drifts.js';

const HISTORY = 5000;
const DRAW_EVERY = 250;
const DRAW_EVERY_CALM = 1000;

// A drawing is followed by so many times its own duration of rest: a slow browser draws less often instead of doing nothing else.
const REST = 12;
const STATUS_EVERY = 2000;
const DRIFTS_EVERY = 5;
const LIVE_POINTS = 20;

export async function show({ main, rest, options, signal, connection }) {
  const name = rest[0];
  const partition = Number(rest[1] ?? 0);
  const description = await api.stream(name, signal);
  const { definition } = description;
  const view = new StreamView({ name, partition, definition, options, signal, connection });
  main.replaceChildren(...view.nodes);
  view.status(description.partitions[partition]);
  signal.addEventListener('abort', () => view.close(), { once: true });
  await view.run();
}

class StreamView {
  constructor({ name, partition, definition, options, signal, connection }) {
    Object.assign(this, { name, partition, definition, signal, connection });
    this.metric = options.metric === 'energy' ? 'energy' : 'score';
    this.range = options.from ? { from: Number(options.from), to: options.to ? Number(options.to) : undefined } : null;
    this.selected = options.point === undefined ? null : Number(options.point);
    this.paused = this.range !== null;
    this.points = new Points();
    this.rates = new Rates();
    this.threshold = null;
    this.drifts = [];
    this.refreshed = 0;
    this.dirty = false;
    this.lastDrawn = 0;
    this.build();
    this.forget = onSettings(() => { this.dirty = true; this.anomalyTable(); this.draw(true); });
  }

  build() {
    this.badge = el('span');
    this.pause = el('button', { type: 'button', id: 'pause', 'aria-pressed': String(this.paused), onclick: () => this.setPaused(!this.paused) },
      this.paused ? 'Resume' : 'Pause');
    this.live = el('button', { type: 'button', id: 'to-live', hidden: this.range === null, onclick: () => this.toLive() }, 'Back to live');
    const metric = el('select', { id: 'metric', 'aria-label': 'What is drawn', onchange: event => this.setMetric(event.target.value) },
      el('option', { value: 'score', selected: this.metric === 'score' }, 'Score'), el('option', { value: 'energy', selected: this.metric === 'energy' }, 'Energy'));
    const views = tabs('stream', this.name, this.partition, this.definition.partitions);
    const csv = el('a', { href: `/api/v1/streams/${encodeURIComponent(this.name)}/scores?partition=${this.partition}&from=-100000`,
      onclick: event => this.download(event) }, 'Download CSV');
    this.tiles = el('dl', { class: 'tiles' });
    this.chart = el('div', { class: 'chart', id: 'scores', 'data-gaps': '0', role: 'img', 'aria-label': `${this.metric} of ${this.name} over time` });
    this.note = el('p', { class: 'hint', id: 'chart-note', 'aria-live': 'off' });
    this.table = el('div', { id: 'anomalies' });
    this.point = el('section', { class: 'panel', id: 'point', 'aria-label': 'Selected event', hidden: this.selected === null });
    this.driftList = el('div', { id: 'drifts' });
    this.model = el('section', { class: 'panel', id: 'model', 'aria-label': 'Model' });
    this.legend = el('p', { class: 'legend' },
      ...[['--score', this.metric], ['--threshold', 'threshold'], ['--anomaly', 'anomalous event'], ['--model', 'new snapshot of the model'], ['--drift', 'drift']].map(([color, text]) =>
        el('span', {}, swatch(color), text)));
    this.nodes = [
      el('div', { class: 'head' }, el('h1', {}, this.name), this.badge, el('span', { class: 'grow' }), views, metric, this.pause, this.live, csv),
      this.tiles,
      el('section', { class: 'panel', 'aria-label': 'Scores' }, this.chart, this.legend, this.note),
      this.point,
      el('div', { class: 'grid' }, el('section', { class: 'panel', 'aria-label': 'Anomalous events' }, el('h2', {}, 'Anomalous events'), this.table), this.model),
      el('section', { class: 'panel', 'aria-label': 'Drift' }, el('h2', {}, 'Drift'), this.driftList),
    ];
  }

  async run() {
    await this.history();
    if (this.selected !== null) await this.reach(this.selected);
    const backlog = { streams: [this.name], points: LIVE_POINTS, signal: this.signal };
    await Promise.all([
      watch({ ...backlog, onBatches: batches => this.batches(batches), onState: kind => this.connection(kind) }),
      poll(STATUS_EVERY, this.signal, () => this.refresh(), () => this.connection('disconnected')),
    ]);
  }

  async history() {
    const query = this.range ?? { from: -HISTORY };
    const wanted = Object.fromEntries(Object.entries({ ...query, partition: this.partition, columns: Math.max(200, this.chart.clientWidth) })
      .filter(([, value]) => value !== undefined));
    this.points.load(await api.series(this.name, wanted, this.signal));
    this.anomalyTable();
    this.draw(true);
  }

  // What a link names may be long ago: its surroundings are shown then.
  async reach(offset) {
    if (this.range === null && this.points.length > 0 && offset < this.points.offset[0]) {
      this.range = { from: Math.max(0, offset - HISTORY / 2), to: offset + HISTORY / 2 };
      this.live.hidden = false;
      this.setPaused(true);
      await this.history();
    }
    this.select(offset);
  }

  async refresh() {
    const [{ partitions }, model] = await Promise.all([api.stream(this.name, this.signal), api.model(this.name, this.partition, this.signal)]);
    if (this.refreshed++ % DRIFTS_EVERY === 0) {
      this.drifts = await api.drifts(this.name, this.partition, this.signal);
      this.driftList.replaceChildren(driftTable(this.drifts));
    }
    this.threshold = model.threshold;
    this.status(partitions[this.partition]);
    showModel(this.model, model, this.definition, partitions[this.partition]);
    this.draw(true);
  }

  batches(batches) {
    const mine = batches.filter(batch => batch.partition === this.partition);
    if (mine.length === 0) return;
    this.missed = (this.missed ?? 0) + mine.reduce((total, batch) => total + batch.events, 0);
    for (const batch of mine) {
      // A cursor that jumps is a fault of ours or a history that is gone: it is counted where anybody can see it.
      if (this.next !== undefined && batch.firstOffset !== this.next) this.chart.dataset.gaps = Number(this.chart.dataset.gaps) + 1;
      this.next = batch.nextOffset;
    }
    this.chart.dataset.live = this.next;
    if (this.paused) return this.noteText();
    const before = this.points.anomalies.length;
    for (const batch of mine) this.points.append(batch);
    this.missed = 0;
    if (this.points.anomalies.length !== before) this.anomalyTable();
    this.dirty = true;
    this.draw();
  }

  draw(now = false) {
    const wait = Math.max(reducedMotion.matches ? DRAW_EVERY_CALM : DRAW_EVERY, REST * (this.cost ?? 0));
    const due = this.lastDrawn + wait - performance.now();
    if (this.timer || this.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.signal.aborted) return;

      // Nobody sees it: what has come is drawn when somebody looks again.
      if (document.hidden && this.lastDrawn > 0) return void document.addEventListener('visibilitychange', () => this.draw(true), { once: true });
      this.lastDrawn = performance.now();
      if (this.points.length === 0) return this.noteText();
      drawScores(this.chart, this.points, { metric: this.metric, threshold: this.threshold, selected: this.selected, drifts: this.drifts,
        revision: this.range ? 'range' : 'live' });
      this.cost = performance.now() - this.lastDrawn;
      if (!this.bound) this.bind();
      this.noteText();
    }, now ? 0 : Math.max(0, due));
  }

  bind() {
    this.bound = true;
    this.chart.on('plotly_click', event => this.select(event.points[0].customdata));
    this.chart.on('plotly_relayout', change => {
      if (change['xaxis.range[0]'] !== undefined) this.zoom(fromAxisTime(change['xaxis.range[0]']), fromAxisTime(change['xaxis.range[1]']));
    });
  }

  async zoom(start, end) {
    const inside = this.points.time.map((at, i) => at >= start && at <= end ? i : -1).filter(i => i >= 0);
    if (inside.length === 0) return;
    const [first, last] = [Math.max(0, inside[0] - 1), Math.min(this.points.length - 1, inside.at(-1) + 1)];
    this.range = { from: this.points.offset[first], to: this.points.offset[last] + 1 };
    relink(this.range);
    this.live.hidden = false;
    this.setPaused(true);
    await this.history();
  }

  async toLive() {
    this.range = null;
    this.live.hidden = true;
    relink({ from: null, to: null });
    if (this.bound) Plotly.relayout(this.chart, { 'xaxis.autorange': true });
    await this.history();
    this.setPaused(false);
  }

  async setPaused(paused) {
    this.paused = paused;
    this.pause.textContent = paused ? 'Resume' : 'Pause';
    this.pause.setAttribute('aria-pressed', String(paused));
    if (!paused && this.range === null && this.missed > 0) await this.history();
    this.missed = 0;
    this.noteText();
  }

  setMetric(metric) {
    this.metric = metric;
    relink({ metric });
    this.legend.firstChild.lastChild.textContent = metric;
    this.draw(true);
  }

  select(offset) {
    this.selected = offset;
    relink({ point: offset });
    this.point.hidden = false;
    showPoint(this.point, this.name, this.partition, offset, this.definition, this.signal, () => this.unselect());
    this.anomalyTable();
    this.draw(true);
  }

  unselect() {
    this.selected = null;
    this.point.hidden = true;
    relink({ point: null });
    this.anomalyTable();
    this.draw(true);
  }

  status(partition) {
    const now = stateOf([partition]);
    this.badge.replaceChildren(badge(now.kind, now.text));
    this.tiles.replaceChildren(
      tile('Events', count(partition.accepted)),
      tile('Rate', rate(this.rates.of('accepted', partition.accepted))),
      tile('Anomalies', count(partition.anomalies)),
      tile('Threshold', number(this.threshold, 4)),
      tile('Model', partition.snapshotVersion === 0 ? 'none yet' : `v${partition.snapshotVersion}`),
      tile('To learn', count(lag([partition]))),
      tile('Learned share', `${Math.round(100 * partition.samplingRate)} %`),
      tile('Refused batches', count(partition.refused)));
    this.warming = now.kind === 'warmingUp' || now.kind === 'empty' ? now : null;
    this.fault = partition.trainingFault;
    this.noteText();
  }

  noteText() {
    const { warming } = this;
    if (this.fault) return void (this.note.textContent = `Learning has stopped: ${this.fault} Scoring goes on with the last snapshot; a restart of the silo learns again.`);
    if (warming?.kind === 'empty') return void (this.note.textContent = 'No events yet: push some, and they appear here.');
    if (warming) {
      return this.note.replaceChildren(`Warming up: ${warming.seen} of ${warming.needed} events that a first model needs. Until then events have no energy and raise no alarm.`,
        el('progress', { value: warming.seen, max: warming.needed, 'aria-label': 'Warm-up' }));
    }
    if (this.paused) return void (this.note.textContent = this.range
      ? `A stretch of the past: events ${count(this.range.from)} to ${count((this.range.to ?? this.points.lastOffset + 1) - 1)}.`
      : `Paused; ${count(this.missed ?? 0)} events since.`);
    this.note.textContent = 'Above the dashed line, the threshold of now, the p-value is at or below the alarm rate '
      + `${number(this.definition.alarmRate)}; an earlier event was judged by the threshold of its time. Drag to zoom; click a point for its reason.`;
  }

  anomalyTable() {
    const list = this.points.anomalies.slice(-50).reverse();
    if (list.length === 0) return this.table.replaceChildren(state('empty', 'None in what is shown'));
    this.table.replaceChildren(table('Anomalous events, newest first', ['Event', 'Time', { number: 'Energy' }, { number: 'Score' }, { number: 'p-value' }],
      list.map(one => el('tr', { 'aria-selected': String(one.offset === this.selected) },
        el('td', {}, el('button', { type: 'button', onclick: () => this.select(one.offset) }, count(one.offset))),
        el('td', {}, time(one.time)),
        ...[number(one.energy, 4), number(one.score, 4), pValue(one.pValue)].map(text => el('td', { class: 'number' }, text))))));
  }

  async download(event) {
    // With a key a plain link would be refused: fetch it, and hand it over as a file.
    event.preventDefault();
    const range = this.range ? `&from=${this.range.from}&limit=${(this.range.to ?? this.points.lastOffset + 1) - this.range.from}` : '&from=-100000';
    const reply = await fetch(`/api/v1/streams/${encodeURIComponent(this.name)}/scores?partition=${this.partition}${range}`,
      { headers: api.headers({ Accept: 'text/csv' }), signal: this.signal });
    const link = el('a', { href: URL.createObjectURL(await reply.blob()), download: `${this.name}-${this.partition}.csv` });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  close() {
    this.forget();
    clearTimeout(this.timer);
    purge(this.chart);
  }
}

function swatch(color) {
  const node = el('i', { 'aria-hidden': 'true' });
  node.style.background = `var(${color})`;
  return node;
}
