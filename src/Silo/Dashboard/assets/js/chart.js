import { axisTime } from './format.js';

const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const DRIFT = { suspected: 'drift?', ended: 'as before', broken: 'new regime', accepted: 'new regime',
  reconstruction: 'misfit' };

// Lines cost more than points: of the newest snapshots alone.
const MOST_SNAPSHOTS = 40;
const MOST_DRIFTS = 20;

const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false };

function layout(more) {
  const [text, line] = [color('--text'), color('--line')];
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, tickfont: { size: 11 } };
  return {
    paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', font: { color: text, size: 12 },
    margin: { l: 52, r: 12, t: 8, b: 36 }, showlegend: false, hovermode: 'closest', ...more,
    xaxis: { ...axis, ...more.xaxis }, yaxis: { ...axis, ...more.yaxis },
  };
}

/** Scores over time with threshold, flagged points, new snapshots and the selected point. */
export function drawScores(node, points, { metric, threshold, selected, drifts, revision }) {
  const values = withGaps(points, metric === 'energy' ? points.energy : points.score);
  const anomalies = points.anomalies;
  const traces = [
    { type: 'scatter', mode: 'lines', x: points.time.map(axisTime), y: values, customdata: points.offset, connectgaps: false,
      line: { color: color('--score'), width: 1.3 }, hovertemplate: 'event %{customdata}<br>%{y:.3f}<extra></extra>' },
    { type: 'scatter', mode: 'markers', x: anomalies.map(one => axisTime(one.time)), y: anomalies.map(one => one[metric]),
      customdata: anomalies.map(one => one.offset), marker: { color: color('--anomaly'), size: 8, symbol: 'diamond' },
      hovertemplate: 'event %{customdata}: anomalous<br>%{y:.3f}<extra></extra>' },
  ];
  const chosen = anomalies.find(one => one.offset === selected);
  if (chosen) traces.push({ type: 'scatter', mode: 'markers', x: [axisTime(chosen.time)], y: [chosen[metric]], hoverinfo: 'skip',
    marker: { size: 18, color: 'rgba(0,0,0,0)', line: { width: 2.5, color: color('--anomaly') } } });
  const shapes = points.snapshots.slice(-MOST_SNAPSHOTS).map(one => ({ type: 'line', yref: 'paper', y0: 0, y1: 1, x0: axisTime(one.time), x1: axisTime(one.time),
    line: { color: color('--model'), width: 1, dash: 'dot' } }));
  const annotations = [];
  for (const drift of drifts.slice(-MOST_DRIFTS)) {
    // What lies beyond the chart, or where nobody knows any more, is not drawn.
    const at = Date.parse(drift.time);
    if (!(at >= points.time[0] && at <= points.time.at(-1))) continue;
    const x = axisTime(at);
    shapes.push({ type: 'line', yref: 'paper', y0: 0, y1: 1, x0: x, x1: x, line: { color: color('--drift'), width: 1.6 } });
    annotations.push({ x, y: 1, yref: 'paper', text: DRIFT[drift.stage], showarrow: false, xanchor: 'left', yanchor: 'top', textangle: 90,
      font: { size: 11, color: color('--drift') } });
  }
  node.dataset.drifts = annotations.length;
  if (metric === 'score' && threshold !== null && threshold !== undefined) shapes.push({ type: 'line', xref: 'paper', x0: 0, x1: 1,
    y0: threshold, y1: threshold, line: { color: color('--threshold'), width: 1.6, dash: 'dash' } });
  node.dataset.points = points.length;
  node.dataset.last = points.lastOffset;
  return Plotly.react(node, traces, layout({ shapes, annotations, uirevision: revision, dragmode: 'zoom', xaxis: { type: 'date' },
    yaxis: { title: { text: metric }, fixedrange: true } }), config);
}

/** A component without events is nowhere: what its covariance says is the prior's, not the data's. */
export const isAlive = component => component.share >= 0.01;

/** Two dimensions of the latent space: ellipses of the components under the codes of recent events. */
export function drawLatent(node, space) {
  const pairs = (flat, from) => flat.filter((_, i) => i % 2 === from);
  const alive = space.components.map((one, k) => ({ ...one, name: `${k + 1}` })).filter(isAlive);
  const ellipses = alive.flatMap(one => [one.outer, one.inner].map((corners, i) => ({
    type: 'scatter', mode: 'lines', x: pairs(corners, 0), y: pairs(corners, 1), fill: 'toself', hoverinfo: 'skip',
    fillcolor: translucent(color('--model'), 0.06 + (0.22 * one.share)), line: { color: color('--model'), width: i === 0 ? 1 : 1.8, dash: i === 0 ? 'dot' : 'solid' },
    name: `component ${one.name}` })));
  const means = { type: 'scatter', mode: 'markers+text', marker: { size: 20, color: color('--panel'), line: { width: 1.5, color: color('--model') } }, x: alive.map(one => one.x), y: alive.map(one => one.y),
    text: alive.map(one => one.name), textfont: { size: 13, color: color('--model') }, hoverinfo: 'text',
    hovertext: alive.map(one => `component ${one.name}: ${(100 * one.share).toFixed(1)} % of the events`) };
  const points = (wanted, style, text) => {
    const chosen = space.offset.map((_, i) => i).filter(i => (space.verdict[i] === 'anomalous') === wanted && space.pointX[i] !== null && space.pointY[i] !== null);
    return { type: 'scatter', mode: 'markers', x: chosen.map(i => space.pointX[i]), y: chosen.map(i => space.pointY[i]),
      customdata: chosen.map(i => space.offset[i]), marker: style, hovertemplate: `event %{customdata}${text}<extra></extra>` };
  };
  node.dataset.version = space.version;
  node.dataset.points = space.offset.length;
  return Plotly.react(node, [...ellipses, points(false, { color: color('--score'), size: 5, opacity: 0.65 }, ''),
    means, points(true, { color: color('--anomaly'), size: 9, symbol: 'diamond' }, ': anomalous')],
  layout({ uirevision: `${space.member} ${space.x} ${space.y}`, dragmode: 'zoom', xaxis: { title: { text: space.axes[space.x] } }, yaxis: { title: { text: space.axes[space.y] } } }), config);
}

/** One term of the objective over training steps. */
export function drawCurve(node, { points }, drifts, key, title) {
  node.dataset.points = points.length;
  return Plotly.react(node, [{ type: 'scatter', mode: points.length < 3 ? 'markers' : 'lines', x: points.map(one => one.step), y: points.map(one => one[key]),
    line: { color: color('--score'), width: 1.4 }, hovertemplate: `step %{x}<br>${title} %{y:.4g}<extra></extra>` }],
  layout({ shapes: driftLines(points, drifts), uirevision: 'curve', dragmode: 'zoom', xaxis: { title: { text: 'training step' } } }), config);
}

/** The shares of a member's components over training steps, stacked. */
export function drawShares(node, { points, components }, drifts, member) {
  const known = points.filter(one => one.shares.length >= (member + 1) * components);
  node.dataset.points = known.length;
  return Plotly.react(node, Array.from({ length: components }, (_, k) => ({ type: 'scatter', mode: 'lines', stackgroup: 'shares', name: `component ${k + 1}`,
    x: known.map(one => one.step), y: known.map(one => one.shares[(member * components) + k]), line: { width: 1, color: color('--score') },
    fillcolor: translucent(color('--score'), 0.15 + (0.6 * k / Math.max(1, components - 1))), hovertemplate: `component ${k + 1}: %{y:.1%}<extra></extra>` })),
  layout({ shapes: driftLines(points, drifts), uirevision: 'shares', dragmode: 'zoom', xaxis: { title: { text: 'training step' } },
    yaxis: { range: [0, 1], tickformat: '.0%' } }), config);
}

function driftLines(points, drifts) {
  return drifts.filter(drift => drift.offset >= points[0].offset).map(drift => points.find(one => one.offset >= drift.offset)).filter(point => point).map(({ step }) => ({
    type: 'line', yref: 'paper', y0: 0, y1: 1, x0: step, x1: step, line: { color: color('--drift'), width: 1.2, dash: 'dot' } }));
}

function translucent(hex, opacity) {
  const [red, green, blue] = [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
  return `rgba(${red},${green},${blue},${opacity.toFixed(3)})`;
}

// A silence is no slope: the first point after one is left out of the line.
function withGaps({ time }, values) {
  if (time.length < 3) return values;
  const usual = (time.at(-1) - time[0]) / (time.length - 1);
  return values.map((value, i) => i > 0 && time[i] - time[i - 1] > 20 * usual ? null : value);
}

export function purge(node) {
  if (node && window.Plotly) Plotly.purge(node);
}

/** A sparkline as SVG: cheap enough for hundreds. */
export function sparkline(series, label) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 150 28');
  svg.setAttribute('class', 'spark');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const known = series.score.filter(value => value !== null);
  if (known.length < 2) return svg;
  const [low, high, first, last] = [Math.min(...known), Math.max(...known), series.time[0], series.time.at(-1)];
  // Over time, as the partitions have no common offsets; events of one moment stand side by side.
  const x = (time, i) => 2 + 146 * (last > first ? (time - first) / (last - first) : i / Math.max(1, series.time.length - 1));
  const y = value => 25 - 22 * (value - low) / Math.max(1e-9, high - low);
  const path = document.createElementNS(svg.namespaceURI, 'path');
  path.setAttribute('d', series.score.map((value, i) => value === null ? '' :
    `${i === 0 || series.score[i - 1] === null ? 'M' : 'L'}${x(series.time[i], i).toFixed(1)} ${y(value).toFixed(1)}`).join(''));
  svg.append(path);
  for (const one of series.anomalies.slice(-30)) {
    const dot = document.createElementNS(svg.namespaceURI, 'circle');
    dot.setAttribute('cx', x(Date.parse(one.time), series.time.length - 1).toFixed(1));
    dot.setAttribute('cy', y(one.score).toFixed(1));
    dot.setAttribute('r', '2');
    svg.append(dot);
  }
  return svg;
}
