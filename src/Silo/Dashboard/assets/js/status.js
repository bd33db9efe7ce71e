// What the counters of a stream's partitions mean to an operator.

/** The state of a stream: the worst of its partitions. */
export function stateOf(partitions) {
  if (partitions.some(p => p.trainingFault)) return { kind: 'failed', text: 'learning stopped' };
  if (partitions.some(p => p.state === 'draining')) return { kind: 'draining', text: 'draining' };
  if (partitions.every(p => p.state === 'idle' && p.accepted > 0)) return { kind: 'idle', text: 'idle, on disk' };
  if (partitions.every(p => p.accepted === 0)) return { kind: 'empty', text: 'no events yet' };
  const warming = partitions.find(p => p.state === 'warmingUp');
  if (warming) {
    const seen = Math.min(warming.accepted, warming.warmUpNeeded);
    return { kind: 'warmingUp', text: `warming up ${seen} of ${warming.warmUpNeeded}`, seen, needed: warming.warmUpNeeded };
  }
  return { kind: 'running', text: 'running' };
}

export const sum = (partitions, name) => partitions.reduce((total, partition) => total + partition[name], 0);

/** Events that wait for training. */
export const lag = partitions => sum(active(partitions), 'accepted') - sum(active(partitions), 'trained');

/** Events that no checkpoint covers yet. */
export const uncovered = partitions => sum(active(partitions), 'accepted') - sum(active(partitions), 'checkpointOffset');

// Of a partition that is not in memory only the number of events is known; it went there with a checkpoint.
const active = partitions => partitions.filter(p => p.state !== 'idle');

/** Rates from counters: remembers the last ones. */
export class Rates {
  #last = new Map();

  of(key, value, now = performance.now()) {
    const last = this.#last.get(key);
    if (!last || now - last.at > 500) this.#last.set(key, { value, at: now, rate: last ? 1000 * (value - last.value) / (now - last.at) : null });
    return this.#last.get(key).rate;
  }
}
