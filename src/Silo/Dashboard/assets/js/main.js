import { settings, applyTheme, onSettings } from './settings.js';
import { el, state } from './dom.js';
import * as streams from './views/streams.js';
import * as stream from './views/stream.js';
import * as lanes from './views/lanes.js';
import * as latent from './views/latent.js';
import * as training from './views/training.js';
import * as alerts from './views/alerts.js';
import * as cluster from './views/cluster.js';

// Deep links: #/view/arguments?options. Everything that a person chose is in them.
const views = { streams, stream, latent, training, lanes, alerts, cluster };
const main = document.getElementById('main');
let current = null;

export function parse(hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view = 'streams', ...rest] = path.split('/').filter(part => part !== '').map(decodeURIComponent);
  return { view: view || 'streams', rest, options: Object.fromEntries(new URLSearchParams(query)) };
}

/** Shows the connection's state in the page's head. */
function connection(kind, text) {
  const node = document.getElementById('connection');
  node.dataset.state = kind;
  node.textContent = text ?? { live: 'live', loading: 'connecting', stale: 'stale: no news', disconnected: 'disconnected, trying again' }[kind];
}

async function show() {
  const { view, rest, options } = parse(location.hash);
  if (options.theme) settings.theme = options.theme;
  current?.abort();
  current = new AbortController();
  const { signal } = current;
  for (const link of document.querySelectorAll('header nav a')) {
    const here = link.dataset.view === view || (['stream', 'latent', 'training'].includes(view) && link.dataset.view === 'streams');
    if (here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  main.replaceChildren(state('loading', 'Loading …'));
  main.dataset.view = view;
  try {
    const module = views[view];
    if (!module) throw new Error(`There is no view "${view}".`);
    await module.show({ main, rest, options, signal, connection });
  } catch (error) {
    if (signal.aborted) return;
    main.replaceChildren(state('error', error.status === 404 ? 'Not there' : 'This cannot be shown',
      el('p', {}, error.message), el('p', {}, el('a', { href: '#/streams' }, 'All streams'))));
    if (error.status > 0) connection('live');
    if (error.status === 0) {
      connection('disconnected');
      setTimeout(() => signal.aborted || show(), 2000);
    }
  }
}

/** Changes the options of the deep link without a new view. */
export function relink(options) {
  const { view, rest, options: old } = parse(location.hash);
  const merged = Object.fromEntries(Object.entries({ ...old, ...options }).filter(([, value]) => value !== null && value !== undefined));
  const query = new URLSearchParams(merged).toString();
  history.replaceState(null, '', `#/${[view, ...rest].map(encodeURIComponent).join('/')}${query ? '?' + query : ''}`);
}

function labels() {
  document.getElementById('theme').textContent = `Theme: ${settings.theme}`;
  const zone = document.getElementById('zone');
  zone.textContent = settings.utc ? 'UTC' : 'Local time';
  zone.setAttribute('aria-pressed', String(settings.utc));
}

document.getElementById('theme').addEventListener('click', () => {
  settings.theme = { auto: 'light', light: 'dark', dark: 'auto' }[settings.theme];
});
document.getElementById('zone').addEventListener('click', () => { settings.utc = !settings.utc; });
onSettings(labels);
addEventListener('hashchange', show);
applyTheme();
labels();
show();
