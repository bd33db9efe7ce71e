import { settings } from './settings.js';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export const count = value => value === null || value === undefined ? '–' : whole.format(value);

export const number = (value, digits = 3) =>
  value === null || value === undefined || !Number.isFinite(value) ? '–' : Number(value.toPrecision(digits)).toString();

export const pValue = value => value === null || value === undefined ? '–' : value < 1e-4 ? value.toExponential(1) : number(value, 2);

export const rate = value => value === null || value === undefined ? '–' : `${value < 10 ? value.toFixed(1) : count(value)}/s`;

/** A time for people: UTC or local, to the tenth of a second. */
export function time(value) {
  const date = new Date(value);
  const pad = (part, width = 2) => String(part).padStart(width, '0');
  const parts = settings.utc
    ? [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), date.getUTCMilliseconds()]
    : [date.getFullYear(), date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds(), date.getMilliseconds()];
  const [year, month, day, hour, minute, second, milli] = parts;
  return `${year}-${pad(month)}-${pad(day)} ${pad(hour)}:${pad(minute)}:${pad(second)}.${pad(milli, 3)[0]}${settings.utc ? 'Z' : ''}`;
}

/** A time as Plotly wants it: dates without zone, shifted so that it shows the chosen one. */
export function axisTime(value) {
  const shift = settings.utc ? 0 : new Date(value).getTimezoneOffset() * 60_000;
  return new Date(value - shift).toISOString().slice(0, 23);
}

/** Back from the axis to milliseconds since 1970 UTC. */
export function fromAxisTime(text) {
  const utc = Date.parse(text.replace(' ', 'T') + 'Z');
  return settings.utc ? utc : utc + new Date(utc).getTimezoneOffset() * 60_000;
}

/** How long ago, in one unit. */
export function ago(value, now = Date.now()) {
  const seconds = Math.max(0, (now - new Date(value).getTime()) / 1000);
  for (const [unit, length] of [['d', 86_400], ['h', 3600], ['min', 60]])
    if (seconds >= 2 * length) return `${Math.floor(seconds / length)} ${unit} ago`;
  return `${Math.floor(seconds)} s ago`;
}
