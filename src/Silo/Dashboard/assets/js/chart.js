import { axisTime } from './format.js';

const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

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
export function drawScores(node, points, { metric, threshold, selected, revision }) {
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
  const shapes = points.snapshots.map(one => ({ type: 'line', yref: 'paper', y0: 0, y1: 1, x0: axisTime(one.time), x1: axisTime(one.time),
    line: { color: color('--model'), width: 1, dash: 'dot' } }));
  if (metric === 'score' && threshold !== null && threshold !== undefined) shapes.push({ type: 'line', xref: 'paper', x0: 0, x1: 1,
    y0: threshold, y1: threshold, line: { color: color('--threshold'), width: 1.6, dash: 'dash' } });
  node.dataset.points = points.length;
  node.dataset.last = points.lastOffset;
  return Plotly.react(node, traces, layout({ shapes, uirevision: revision, dragmode: 'zoom', xaxis: { type: 'date' },
    yaxis: { title: { text: metric }, fixedrange: true } }), config);
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
  const [low, high, first, last] = [Math.min(...known), Math.max(...known), series.offset[0], series.offset.at(-1)];
  const x = offset => 2 + 146 * (offset - first) / Math.max(1, last - first);
  const y = value => 25 - 22 * (value - low) / Math.max(1e-9, high - low);
  const path = document.createElementNS(svg.namespaceURI, 'path');
  path.setAttribute('d', series.score.map((value, i) => value === null ? '' :
    `${i === 0 || series.score[i - 1] === null ? 'M' : 'L'}${x(series.offset[i]).toFixed(1)} ${y(value).toFixed(1)}`).join(''));
  svg.append(path);
  for (const one of series.anomalies.slice(-30)) {
    const dot = document.createElementNS(svg.namespaceURI, 'circle');
    dot.setAttribute('cx', x(one.offset).toFixed(1));
    dot.setAttribute('cy', y(one.score).toFixed(1));
    dot.setAttribute('r', '2');
    svg.append(dot);
  }
  return svg;
}
