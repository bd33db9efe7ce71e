import { settings } from './settings.js';

/** A problem (RFC 9457) of the service, or of reaching it. */
export class ApiError extends Error {
  constructor(message, status, problem) {
    super(message);
    this.status = status;
    this.problem = problem;
  }
}

export function headers(more = {}) {
  return settings.key ? { ...more, Authorization: `Bearer ${settings.key}` } : more;
}

let asking = null;

/** Asks once for a key, however many calls were refused. */
export function askForKey() {
  asking ??= new Promise(resolve => {
    const dialog = document.getElementById('key-dialog');
    dialog.addEventListener('close', () => {
      settings.key = document.getElementById('key-input').value;
      asking = null;
      resolve();
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}

export async function get(path, signal) {
  for (;;) {
    let reply;
    try {
      reply = await fetch(`/api/v1${path}`, { headers: headers({ Accept: 'application/json' }), signal });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new ApiError('The service cannot be reached. It may be restarting; this page tries again by itself.', 0, null);
    }
    if (reply.status === 401) {
      await askForKey();
      continue;
    }
    if (reply.ok) return reply.json();
    const problem = await reply.json().catch(() => null);
    throw new ApiError(problem?.detail ?? problem?.title ?? `HTTP ${reply.status}`, reply.status, problem);
  }
}

export const streams = signal => get('/streams?status=true&limit=200', signal);
export const stream = (name, signal) => get(`/streams/${encodeURIComponent(name)}`, signal);
export const model = (name, partition, signal) => get(`/streams/${encodeURIComponent(name)}/model?partition=${partition}`, signal);
export const training = (name, partition, signal) => get(`/streams/${encodeURIComponent(name)}/training?partition=${partition}`, signal);
export const drifts = (name, partition, signal) => get(`/streams/${encodeURIComponent(name)}/drifts?partition=${partition}`, signal);
export const latent = (name, query, signal) => get(`/streams/${encodeURIComponent(name)}/latent?${new URLSearchParams(query)}`, signal);
export const series = (name, query, signal) => get(`/streams/${encodeURIComponent(name)}/series?${new URLSearchParams(query)}`, signal);
export const scores = (name, query, signal) => get(`/streams/${encodeURIComponent(name)}/scores?${new URLSearchParams(query)}`, signal);
export const explanation = (name, partition, offset, signal) =>
  get(`/streams/${encodeURIComponent(name)}/explanations/${offset}?partition=${partition}`, signal);

/** A call that changes something. */
async function send(method, path, content) {
  const reply = await fetch(`/api/v1${path}`, {
    method, headers: headers({ 'Content-Type': 'application/json' }), body: content ? JSON.stringify(content) : undefined,
  });
  const body = await reply.json().catch(() => null);
  if (!reply.ok) throw new ApiError(body?.detail ?? body?.title ?? `HTTP ${reply.status}`, reply.status, body);
  return body;
}

/** Says what an event was; null takes it back. */
export const label = (name, partition, offset, word) => send(
  word ? 'PUT' : 'DELETE', `/streams/${encodeURIComponent(name)}/labels/${offset}?partition=${partition}`, word ? { label: word } : undefined);

export const alerts = (query, signal) => get(`/alerts?${new URLSearchParams(query)}`, signal);
export const deadLetters = signal => get('/alerts/deliveries?state=dead', signal);

/** Takes an alert, keeps it quiet, or takes either back. */
export const flagAlert = (id, flag, on) => send(on ? 'POST' : 'DELETE', `/alerts/${id}/${flag}`);
export const resend = number => send('POST', `/alerts/deliveries/${number}/resend`);
