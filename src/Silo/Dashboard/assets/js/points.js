const MOST_POINTS = 2000;
const MOST_ANOMALIES = 500;

/** Points of one chart, oldest first: bounded by thinning out, never by losing a peak. */
export class Points {
  constructor() {
    this.clear();
  }

  clear() {
    this.offset = [];
    this.time = [];
    this.score = [];
    this.energy = [];
    this.anomalies = [];
    this.snapshots = [];
    this.version = null;
  }

  get length() {
    return this.offset.length;
  }

  get lastOffset() {
    return this.length === 0 ? -1 : this.offset[this.length - 1];
  }

  /** Takes a series of the API: the past. */
  load(series) {
    this.clear();
    this.offset = series.offset;
    this.time = series.time;
    this.score = series.score;
    this.energy = series.energy;
    this.anomalies = series.anomalies.map(one => ({ ...one, time: Date.parse(one.time) }));
    this.snapshots = series.snapshots;
  }

  /** Takes a live batch; what is already there is left out. */
  append(batch) {
    for (let i = 0; i < batch.offset.length; i++) {
      if (batch.offset[i] <= this.lastOffset) continue;
      this.offset.push(batch.offset[i]);
      this.time.push(batch.time[i]);
      this.score.push(batch.score[i]);
      this.energy.push(batch.energy[i]);
      if (batch.verdict[i] === 2) {
        this.anomalies.push({
          partition: batch.partition, offset: batch.offset[i], time: batch.time[i], score: batch.score[i], energy: batch.energy[i],
          pValue: batch.pValue[i], verdict: 'anomalous', snapshotVersion: batch.snapshotVersion,
        });
      }
    }
    if (this.version !== null && batch.snapshotVersion !== this.version)
      this.snapshots.push({ offset: batch.firstOffset, time: batch.time[0], version: batch.snapshotVersion });
    this.version = batch.snapshotVersion;
    if (this.length > MOST_POINTS) this.thin();
    if (this.anomalies.length > MOST_ANOMALIES) this.anomalies.splice(0, this.anomalies.length - MOST_ANOMALIES);
    if (this.snapshots.length > 100) this.snapshots.splice(0, this.snapshots.length - 100);
  }

  /** Forgets what is older than so many milliseconds before the newest point. */
  keep(milliseconds) {
    const oldest = this.time[this.length - 1] - milliseconds;
    let drop = 0;
    while (drop < this.length && this.time[drop] < oldest) drop++;
    if (drop > 0) for (const column of [this.offset, this.time, this.score, this.energy]) column.splice(0, drop);
    this.anomalies = this.anomalies.filter(one => one.time >= oldest);
    this.snapshots = this.snapshots.filter(one => one.time >= oldest);
  }

  // Of every four points of the older half the lowest and the highest stay.
  thin() {
    const half = this.length - (this.length % 8 >> 1) >> 1 & ~3;
    const kept = [];
    for (let start = 0; start < half; start += 4) {
      let low = start, high = start;
      for (let i = start + 1; i < start + 4; i++) {
        if (this.score[i] < this.score[low]) low = i;
        if (this.score[i] > this.score[high]) high = i;
      }
      kept.push(...(low === high ? [low] : [Math.min(low, high), Math.max(low, high)]));
    }
    for (const name of ['offset', 'time', 'score', 'energy']) {
      const column = this[name];
      this[name] = [...kept.map(i => column[i]), ...column.slice(half)];
    }
  }
}
