/** Builds an element: el('td', { class: 'number' }, 'text', child). Text is always text, never markup. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

/** A message in place of content: empty, loading, error. */
export function state(kind, title, ...more) {
  return el('div', { class: 'state', 'data-state': kind, role: kind === 'error' ? 'alert' : 'status' },
    el('p', {}, el('strong', {}, title)), ...more);
}

export function badge(kind, text = kind) {
  return el('span', { class: 'badge', 'data-state': kind }, text);
}

export function tile(name, value) {
  return el('div', { class: 'tile' }, el('dt', {}, name), el('dd', {}, value));
}

/** A table from column headers and rows of cells; a cell is text, a node, or { number: text }. */
export function table(caption, headers, rows) {
  const cell = (tag, value) => value && value.number !== undefined
    ? el(tag, { class: 'number' }, value.number)
    : el(tag, {}, value ?? '');
  return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    el('table', {},
      el('thead', {}, el('tr', {}, ...headers.map(header => {
        const th = cell('th', header);
        th.setAttribute('scope', 'col');
        return th;
      }))),
      el('tbody', {}, ...rows.map(row => row instanceof Node ? row : el('tr', {}, ...row.map(value => cell('td', value)))))));
}
