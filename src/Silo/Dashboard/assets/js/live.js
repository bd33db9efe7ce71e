import { headers, askForKey } from './api.js';

const STALE_AFTER = 20_000;
const RETRY = 1_000;

/** Watches live scores until the signal aborts. */
export const watch = ({ streams, backlog = 0, points = 40, onBatches, onState, signal }) => follow({
  path: `/live?${new URLSearchParams({ streams: streams.join(','), backlog, points })}`, onState, signal,
  onMessage: ({ batches }) => { if (batches.length > 0) onBatches(batches); },
});

/** Watches alerts until the signal aborts: at first the newest ones, then those that change; none is a sign of life. */
export const watchAlerts = ({ onAlerts, onState, signal }) => follow({
  path: '/alerts/live', onState, signal, onMessage: ({ alerts }) => onAlerts(alerts) });

/**
 * Follows server-sent events. Connects again by itself, with the id of the last message, so that nothing is missed.
 * onState gets 'loading', 'live', 'stale' or 'disconnected'.
 */
async function follow({ path, onMessage, onState, signal }) {
  let lastId = null;
  onState('loading');
  while (!signal.aborted) {
    let timer;
    const connection = new AbortController();
    const stop = () => connection.abort();
    signal.addEventListener('abort', stop, { once: true });
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => { onState('stale'); stop(); }, STALE_AFTER);
    };
    try {
      const more = lastId === null ? {} : { 'Last-Event-ID': lastId };
      alive();
      const reply = await fetch(`/api/v1${path}`, { headers: headers({ Accept: 'text/event-stream', ...more }), signal: connection.signal });
      if (reply.status === 401) await askForKey();
      if (reply.status === 400 && lastId !== null) lastId = null;
      if (reply.ok) {
        for await (const message of messages(reply.body)) {
          alive();
          lastId = message.id ?? lastId;
          onState('live');
          onMessage(JSON.parse(message.data));
        }
      }
    } catch (error) {
      if (signal.aborted) break;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
    if (signal.aborted) break;
    onState('disconnected');
    await new Promise(resolve => setTimeout(resolve, RETRY));
  }
}

/** Messages of a server-sent event stream. */
async function* messages(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value;
      let end;
      while ((end = rest.indexOf('\n\n')) >= 0) {
        const message = { data: '' };
        for (const line of rest.slice(0, end).split('\n')) {
          if (line.startsWith('data: ')) message.data += line.slice(6);
          else if (line.startsWith('id: ')) message.id = line.slice(4);
        }
        rest = rest.slice(end + 2);
        if (message.data) yield message;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
