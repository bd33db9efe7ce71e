const MOST_POINTS = 2000;
const MOST_ANOMALIES = 500;
const COLUMNS = ['offset', 'time', 'score', 'energy'];

/** Points of one chart, oldest first: bounded by thinning out, never by losing a peak. */
export class Points {
  constructor() {
    this.clear();
  }

  clear() {
    for (const name of COLUMNS) this[name] = [];
    this.lastOffset = -1;
    this.width = 0;
    this.anomalies = [];
    this.snapshots = [];
    this.version = null;
  }

  get length() {
    return this.offset.length;
  }

  /** Takes a series of the API: the past. */
  load(series) {
    this.clear();
    this.offset = series.offset;
    this.time = series.time;
    this.score = series.score;
    this.energy = series.energy;
    this.lastOffset = this.length === 0 ? -1 : this.offset[this.length - 1];
    this.anomalies = series.anomalies.map(one => ({ ...one, time: Date.parse(one.time) }));
    this.snapshots = series.snapshots;
  }

  /** Takes a live batch; what is already there is left out. */
  append(batch) {
    for (let i = 0; i < batch.offset.length; i++) {
      if (batch.offset[i] <= this.lastOffset) continue;
      this.lastOffset = batch.offset[i];
      this.push(batch.offset[i], batch.time[i], batch.score[i], batch.energy[i]);
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

  // Columns of equal time: a peak stays, and a stretch of the past looks like one of the present.
  thin() {
    const span = this.time[this.length - 1] - this.time[0];
    this.width = Math.max(1, 2 * this.width, span / (MOST_POINTS / 4));
    const { offset, time, score, energy } = this;
    for (const name of COLUMNS) this[name] = [];
    for (let i = 0; i < offset.length; i++) this.push(offset[i], time[i], score[i], energy[i]);
  }

  // Of the points of one column the lowest and the highest stay.
  push(offset, time, score, energy) {
    this.offset.push(offset);
    this.time.push(time);
    this.score.push(score);
    this.energy.push(energy);
    const column = at => Math.floor(this.time[at] / this.width);
    const last = this.length - 1;
    if (this.width === 0 || last < 2 || column(last) !== column(last - 2)) return;
    const middle = [last - 2, last - 1, last].sort((a, b) => this.score[a] - this.score[b])[1];
    for (const name of COLUMNS) this[name].splice(middle, 1);
  }
}
