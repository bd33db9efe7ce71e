import * as api from './api.js';

// A chart of all partitions asks for each of them: of so many at most.
const MOST_PARTITIONS = 64;

/** Recent scores of all partitions of streams, merged by time; only what has changed is read again. */
export class AllSeries {
  #known = new Map();
  #query;

  /** The query is one of /series; its columns are shared by the partitions of a stream. */
  constructor(query) {
    this.#query = query;
  }

  get(name) {
    return this.#known.get(name)?.merged;
  }

  async refresh({ definition, partitions }, signal) {
    const known = this.#known.get(definition.name) ?? { parts: [], merged: undefined };
    const shown = partitions.slice(0, MOST_PARTITIONS);
    const columns = Math.max(20, Math.ceil(this.#query.columns / shown.length));
    const changed = shown.map((one, partition) => ({ accepted: one.accepted, partition }))
      .filter(one => one.accepted > 0 && known.parts[one.partition]?.accepted !== one.accepted);
    await Promise.all(changed.map(async one => {
      const series = await api.series(definition.name, { ...this.#query, columns, partition: one.partition }, signal);
      known.parts[one.partition] = { ...one, series };
    }));
    if (changed.length > 0) known.merged = merge(known.parts.filter(part => part));
    this.#known.set(definition.name, known);
    return known.merged;
  }
}

function merge(parts) {
  const points = parts.flatMap(({ series, partition }) =>
    series.time.map((time, i) => ({ time, score: series.score[i], offset: series.offset[i], partition })));
  if (parts.length > 1) points.sort((a, b) => a.time - b.time);
  const column = name => points.map(one => one[name]);
  return {
    time: column('time'), score: column('score'), offset: column('offset'), partition: column('partition'),
    anomalies: parts.flatMap(({ series }) => series.anomalies).sort((a, b) => Date.parse(a.time) - Date.parse(b.time)),
    events: parts.reduce((total, { series }) => total + series.to - series.from, 0),
  };
}
