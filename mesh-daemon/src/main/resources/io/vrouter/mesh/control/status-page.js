'use strict';
// The mesh as this host sees it. Every text goes in as text, never as markup: names come from other hosts.
const SVG = 'http://www.w3.org/2000/svg';
const MOST_CARDS = 14; // hosts drawn as cards; more are drawn as tiles, clustered by state
const MOST_STACKS = 4; // lines in a card
const POLL_MS = 5000; // where no stream is to be had
const STATES = ['failed', 'suspect', 'restarting', 'replaced', 'left', 'alive'];

let mesh = null;
let chosen = null;
const drawn = new Map(); // a place's signature, so that what did not change keeps focus and selection

const byId = (id) => document.getElementById(id);

function node(space, name, attributes, children) {
  const element = space ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  for (const child of [].concat(children ?? [])) {
    if (child !== null) element.append(child);
  }
  return element;
}
const html = (name, attributes, children) => node(false, name, attributes, children);
const svg = (name, attributes, children) => node(true, name, attributes, children);

/** Rebuilds a place when its data changed; the focused element keeps the focus by its key. */
function place(element, data, build) {
  const signature = JSON.stringify(data);
  if (drawn.get(element) === signature) return;
  drawn.set(element, signature);
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  element.replaceChildren(...build().filter((child) => child !== null));
  if (focused) element.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

// ---- words ----

function duration(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}
const since = (at) => `${duration((Date.now() - Date.parse(at)) / 1000)} ago`;
const time = (at) => html('time', {datetime: at, title: at}, since(at));
const micros = (rtt) => (rtt < 1000 ? `${rtt} µs` : `${(rtt / 1000).toFixed(rtt < 10000 ? 1 : 0)} ms`);
const count = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;

function level(member) {
  const state = member.path?.state;
  if (['failed', 'left', 'replaced'].includes(member.status) || state === 'unreachable') return 'bad';
  if (member.status !== 'alive' || state === 'degraded') return 'warn';
  return 'good';
}

function pathWords(member) {
  const path = member.path;
  if (!path) return member.id === mesh.members.self ? 'this host' : 'no path yet';
  const ways = {to: 'towards it', from: 'from it', both: 'both ways'};
  return [
    path.state + (path.direction ? ` ${ways[path.direction]}` : ''),
    path.rttMicros === null ? null : micros(path.rttMicros),
    path.mtu === null ? null : `MTU ${path.mtu}`,
    member.encrypted,
  ].filter((word) => word !== null).join(', ');
}

const name = (id) => mesh.members.members.find((member) => member.id === id)?.name ?? id.slice(0, 8);

function found(...texts) {
  const words = byId('search').value.toLowerCase().split(/\s+/).filter((word) => word);
  const text = texts.filter((t) => t !== null && t !== undefined).join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}
const memberFound = (m) => found(m.name, m.id, m.status, m.underlay, m.overlay, m.path?.state,
  ...m.subnets.flatMap((s) => [s.prefix, s.network, s.stack]));

// ---- verdict and problems ----

function verdict() {
  const status = mesh.status;
  const errors = status.problems.filter((p) => p.severity === 'error').length;
  byId('verdict').textContent = status.healthy ? 'Healthy' : `Unhealthy: ${count(errors, 'error')}`;
  byId('verdict').className = status.healthy ? 'good' : 'bad';
  const counts = STATES.filter((s) => status.members[s] > 0).reverse().map((s) => `${status.members[s]} ${s}`);
  const text = `${name(mesh.members.self)} sees ${counts.join(', ')}. `
    + (status.converged ? 'The kernel is as the records say.' : 'Converging…');
  if (byId('summary').textContent !== text) byId('summary').textContent = text;
  document.title = `${status.healthy ? 'healthy' : 'UNHEALTHY'} – vRouter mesh`;
}

function problems() {
  const rank = {error: 0, warning: 1, note: 2};
  const all = [...mesh.status.problems].sort((a, b) => rank[a.severity] - rank[b.severity]);
  place(byId('problems'), all, () => all.map((p) => html('article', {class: `card ${p.severity}`}, [
    html('h2', {class: {error: 'bad', warning: 'warn', note: 'quiet'}[p.severity]}, `${p.severity}: ${p.code}`),
    html('p', {}, p.message),
    html('p', {}, ['Fix: ', html('code', {}, p.fix)]),
    p.since ? html('p', {class: 'quiet'}, ['since ', time(p.since)]) : null,
  ])));
}

// ---- drawing ----

function stacks(member) {
  const names = new Map();
  for (const s of member.subnets) {
    const key = s.stack ?? s.network ?? s.prefix;
    names.set(key, (names.get(key) ?? 0) + 1);
  }
  return [...names].map(([key, n]) => (n > 1 ? `${key} (${n})` : key));
}

const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function host(member, attributes, children) {
  const self = member.id === mesh.members.self ? ' self' : '';
  const faded = memberFound(member) ? '' : ' faded';
  const words = `${member.name}: ${member.status}, ${pathWords(member)}, ${count(member.subnets.length, 'network')}`;
  const element = svg('g', {
    ...attributes, class: `host ${level(member)}${self}${faded} ${attributes.class ?? ''}`, role: 'button', tabindex: 0,
    'aria-pressed': String(chosen === member.id), 'aria-label': words, 'data-key': member.id,
  }, [svg('title', {}, words), ...children]);
  element.addEventListener('click', () => choose(member.id));
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      choose(member.id);
    }
  });
  return element;
}

function card(member, x, y) {
  const lines = stacks(member);
  const shown = lines.length > MOST_STACKS ? [...lines.slice(0, MOST_STACKS - 1), `${lines.length - MOST_STACKS + 1} more`] : lines;
  const height = cardHeight(member);
  const top = y - height / 2;
  return host(member, {}, [
    svg('rect', {x: x - 70, y: top, width: 140, height, rx: 7}),
    svg('text', {x, y: top + 18}, short(member.name, 18)),
    svg('text', {x, y: top + 33, class: 'small'}, member.status === 'alive' ? member.underlay : member.status),
    ...shown.flatMap((line, i) => [
      svg('rect', {x: x - 62, y: top + 40 + i * 19, width: 124, height: 16, rx: 4, class: 'stack'}),
      svg('text', {x, y: top + 52 + i * 19, class: 'small'}, short(line, 20)),
    ]),
  ]);
}
const cardHeight = (member) => 42 + Math.min(stacks(member).length, MOST_STACKS) * 19;

/** Two lines, one a direction: left of the way towards the peer, and back. */
function edge(member, from, to) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const dx = (-(to.y - from.y) / length) * 3;
  const dy = ((to.x - from.x) / length) * 3;
  const path = member.path;
  const way = (direction) => {
    if (member.status === 'failed') return 'bad';
    if (!path || path.state === 'unknown') return 'unknown';
    if (path.state === 'unreachable' || path.direction) {
      const broken = !path.direction || path.direction === 'both' || path.direction === direction;
      return broken ? 'bad' : '';
    }
    return path.state === 'degraded' ? 'warn' : '';
  };
  const state = member.status === 'failed' ? 'failed' : !path ? '' : path.rttMicros !== null && path.state !== 'unreachable' ? micros(path.rttMicros) : path.state;
  const label = [state, member.encrypted].filter((word) => word).join(', ');
  return svg('g', {class: `edge${memberFound(member) ? '' : ' faded'}`, 'data-peer': member.name}, [
    svg('line', {x1: from.x + dx, y1: from.y + dy, x2: to.x + dx, y2: to.y + dy, class: way('to')}),
    svg('line', {x1: from.x - dx, y1: from.y - dy, x2: to.x - dx, y2: to.y - dy, class: way('from')}),
    svg('text', {x: from.x + (to.x - from.x) * 0.5, y: from.y + (to.y - from.y) * 0.5 + 4, class: 'small label'}, label),
  ]);
}

function cards(members, width) {
  const self = members.find((m) => m.id === mesh.members.self);
  const others = members.filter((m) => m !== self);
  const round = width >= 700;
  const tall = Math.max(...members.map(cardHeight));
  const perRow = Math.max(1, Math.floor(width / 165));
  const rows = Math.ceil(others.length / perRow);
  const height = round ? (others.length > 2 ? Math.max(420, tall * 3 + 90) : tall + 60) : (tall + 50) * (rows + 1);
  const at = new Map();
  if (self) at.set(self, round ? {x: others.length === 1 ? width * 0.25 : width / 2, y: height / 2} : {x: width / 2, y: tall / 2 + 15});
  others.forEach((member, i) => {
    const angle = (2 * Math.PI * i) / others.length - Math.PI / 2 + (others.length % 2 ? 0 : Math.PI / others.length);
    const inRow = Math.min(perRow, others.length - Math.floor(i / perRow) * perRow);
    at.set(member, !round
      ? {x: (width * ((i % perRow) + 0.5)) / inRow, y: (tall + 50) * (Math.floor(i / perRow) + 1) + tall / 2 + 15}
      : others.length === 1 ? {x: width * 0.75, y: height / 2}
        : {x: width / 2 + (width / 2 - 85) * Math.cos(angle), y: height / 2 + (height / 2 - tall / 2 - 12) * Math.sin(angle)});
  });
  const up = (m) => m.status === 'alive' || m.status === 'restarting';
  const faint = !round ? [] : others.flatMap((a, i) => others.slice(i + 1).filter((b) => up(a) && up(b)).map((b) =>
    svg('line', {x1: at.get(a).x, y1: at.get(a).y, x2: at.get(b).x, y2: at.get(b).y})));
  const edges = self ? others.filter((m) => m.status !== 'left' && m.status !== 'replaced').map((m) => edge(m, at.get(self), at.get(m))) : [];
  return [height, [...faint, ...edges, ...members.map((m) => card(m, at.get(m).x, at.get(m).y))]];
}

/** Tiles by state, the worst first. */
function tiles(members, width) {
  const groups = new Map();
  for (const member of members) {
    const key = member.path?.state === 'unreachable' || member.path?.state === 'degraded' ? `path ${member.path.state}` : member.status;
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  const order = ['path unreachable', 'failed', 'suspect', 'path degraded', ...STATES.slice(2)];
  const size = 26;
  const perRow = Math.max(1, Math.floor((width - 4) / (size + 6)));
  const shapes = [];
  let y = 20;
  for (const key of order.filter((k) => groups.has(k))) {
    const group = groups.get(key);
    shapes.push(svg('text', {x: 2, y, class: 'group'}, `${key}: ${group.length}`));
    y += 10;
    group.forEach((member, i) => shapes.push(host(member, {class: 'tile'}, [svg('rect', {
      x: 2 + (i % perRow) * (size + 6), y: y + Math.floor(i / perRow) * (size + 6), width: size, height: size, rx: 5,
    })])));
    y += Math.ceil(group.length / perRow) * (size + 6) + 24;
  }
  return [y, shapes];
}

function drawing() {
  const element = byId('drawing');
  const members = mesh.members.members;
  const width = Math.max(300, element.clientWidth);
  place(element, [mesh.members, chosen, byId('search').value, width], () => {
    const [height, shapes] = members.length > MOST_CARDS ? tiles(members, width) : cards(members, width);
    return [svg('svg', {viewBox: `0 0 ${width} ${Math.ceil(height)}`, role: 'group', 'aria-label': `${count(members.length, 'host')} of the mesh`}, shapes)];
  });
  byId('legend').textContent = members.length > MOST_CARDS
    ? 'Each tile is a host; choose one for its details.'
    : 'Lines from this host are measured, one a direction; a dashed red one is broken. Choose a host for its details.';
}

function choose(id) {
  chosen = chosen === id ? null : id;
  render();
}

function details() {
  const member = mesh.members.members.find((m) => m.id === chosen);
  const routes = mesh.routes.routes.filter((route) => route.node === chosen);
  place(byId('details'), [member ?? null, routes], () => !member ? [] : [html('div', {class: 'card'}, [
    html('h3', {}, member.name),
    html('dl', {}, [
      ['Status', [html('span', {class: level(member)}, member.status), ' since ', time(member.since)]],
      ['Path', pathWords(member)],
      ['Id', html('code', {}, member.id)],
      ['Underlay', html('code', {}, member.underlay)],
      ['Overlay', html('code', {}, member.overlay ?? 'not claimed yet')],
      ['MAC', html('code', {}, member.mac ?? 'not known yet')],
      ['Version', member.version],
      ['Networks', member.subnets.map((s) => html('div', {}, [html('code', {}, s.prefix),
        ` VNI ${s.vni}${s.stack ? `, stack ${s.stack}` : ''}${s.network ? `, network ${s.network}` : ''}`]))],
      ['Routes here', routes.length ? routes.map((r) => html('div', {}, [html('code', {}, r.prefix), ` ${r.state} by ${r.device}`])) : 'none'],
    ].flatMap(([term, value]) => [html('dt', {}, term), html('dd', {}, value)])),
  ])]);
}

// ---- tables ----

function table(id, heads, rows, none) {
  const element = document.querySelector(`#${id} > div`);
  place(element, [rows, chosen], () => rows.length === 0 ? [html('p', {class: 'quiet'}, none)] : [
    html('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${id}, table`}, html('table', {}, [
      html('thead', {}, html('tr', {}, heads.map((head) => html('th', {scope: 'col'}, head)))),
      html('tbody', {}, rows.map((row) => html('tr', row.id && row.id === chosen ? {class: 'chosen'} : {}, row.cells.map((cell) => {
        if (typeof cell === 'string') return html('td', {class: cell.length > 40 ? 'long' : null}, cell);
        if (cell.at) return html('td', {}, time(cell.at));
        if (cell.choose) {
          const button = html('button', {type: 'button', 'data-key': `${id}-${cell.choose}`}, cell.text);
          button.addEventListener('click', () => choose(cell.choose));
          return html('td', {}, button);
        }
        return html('td', {class: cell.level}, cell.text);
      })))),
    ])),
  ]);
}
const flag = (text, good) => ({text, level: good.includes(text) ? 'good' : 'bad'});

function tables() {
  const none = byId('search').value ? 'none matches the search' : 'none';
  table('hosts', ['Name', 'Status', 'Path', 'Underlay', 'Overlay', 'Networks', 'Since', 'Version'],
    mesh.members.members.filter(memberFound).map((m) => ({id: m.id, cells: [
      {text: m.name + (m.id === mesh.members.self ? ' (this host)' : ''), choose: m.id},
      {text: m.status, level: level({...m, path: null})}, {text: pathWords(m), level: level(m)}, m.underlay, m.overlay ?? '–',
      m.subnets.map((s) => s.prefix).join(' ') || '–', {at: m.since}, m.version]})), none);
  table('networks', ['Prefix', 'VNI', 'Stack', 'Network', 'Host', 'State', 'Reason'],
    mesh.networks.networks.filter((n) => found(n.prefix, n.stack, n.network, name(n.node), n.state)).map((n) => ({id: n.node, cells: [
      n.prefix, String(n.vni), n.stack ?? '–', n.network ?? '–', name(n.node), flag(n.state, ['advertised']), n.reason ?? '–']})), none);
  table('routes', ['Prefix', 'VNI', 'Via', 'Device', 'Host', 'State'],
    mesh.routes.routes.filter((r) => found(r.prefix, r.via, name(r.node), r.state)).map((r) => ({id: r.node, cells: [
      r.prefix, String(r.vni), r.via, r.device, name(r.node), flag(r.state, ['installed'])]})), none);
  table('conflicts', ['Kind', 'Claim', 'Winner', 'Loser', 'Why', 'Fix'],
    mesh.conflicts.conflicts.filter((c) => found(c.kind, c.claim, name(c.winner), name(c.loser))).map((c) => ({cells: [
      c.kind, c.claim, name(c.winner), name(c.loser), c.message, c.fix]})), none);
  table('events', ['When', 'Host', 'Event', 'Cause'],
    [...mesh.events.events].reverse().filter((e) => found(e.name, e.type, e.to, e.cause)).map((e) => ({id: e.node, cells: [
      {at: e.at}, e.name, e.to ? `${e.from ?? 'new'} → ${e.to}` : e.type, e.cause]})), none);
}

function render() {
  if (!mesh) return;
  verdict();
  problems();
  drawing();
  details();
  tables();
}

// ---- live ----

function live(text, kind) {
  byId('live').textContent = text;
  byId('live').className = `chip ${kind}`;
}

function show(text) {
  mesh = JSON.parse(text);
  render();
}

let silent = null;
function stream() {
  const source = new EventSource('/api/v1/live');
  source.addEventListener('mesh', (event) => {
    clearTimeout(silent);
    silent = null;
    live('live', 'good');
    show(event.data);
  });
  source.onerror = () => {
    // a stream ends every half minute and opens again at once: only what stays closed is worth a word
    silent ??= setTimeout(() => live(`no answer since ${new Date().toLocaleTimeString()}`, 'bad'), 2 * POLL_MS / 5);
    if (source.readyState === EventSource.CLOSED) setTimeout(stream, POLL_MS);
  };
}

byId('search').addEventListener('input', render);
show(byId('state').textContent);
new ResizeObserver(render).observe(byId('drawing'));
setInterval(() => document.querySelectorAll('time').forEach((t) => { t.textContent = since(t.dateTime); }), 1000);
stream();
