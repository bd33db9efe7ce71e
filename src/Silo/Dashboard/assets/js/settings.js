// What a person chose, kept in the browser: theme, time zone. The key lives only as long as the tab.
const listeners = new Set();

export const settings = {
  get theme() { return localStorage.getItem('dagmm-theme') ?? 'auto'; },
  set theme(value) { localStorage.setItem('dagmm-theme', value); notify(); },
  get utc() { return localStorage.getItem('dagmm-zone') !== 'local'; },
  set utc(value) { localStorage.setItem('dagmm-zone', value ? 'utc' : 'local'); notify(); },
  get key() { return sessionStorage.getItem('dagmm-key'); },
  set key(value) { sessionStorage.setItem('dagmm-key', value); },
};

const dark = matchMedia('(prefers-color-scheme: dark)');
export const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');

export function isDark() {
  return settings.theme === 'dark' || (settings.theme === 'auto' && dark.matches);
}

/** Calls back when a setting changes; returns how to stop. */
export function onSettings(callback) {
  listeners.add(callback);
  return () => listeners.delete(callback);
}

function notify() {
  applyTheme();
  for (const listener of listeners) listener();
}

export function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
}

dark.addEventListener('change', notify);
