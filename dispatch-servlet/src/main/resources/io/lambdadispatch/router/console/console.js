// The console: one section a pool, kept up to date by what /console/events says once a second.
import { Chart, element, roundUp, spanOf } from './chart.js';

/** What is older is not shown. */
const KEPT_MS = 15 * 60_000;

/** Beyond that a picture of each would help nobody. */
const MOST_CELLS = 400;
const MOST_ROWS = 100;

/** The table of so many instances is open from the beginning. */
const FEW = 12;

const byId = id => document.getElementById(id);
const views = new Map();
let headlines = 0;
let access = { mayDrain: false };
let prices = {};

// Figures as text

function count(value) {
  const decimals = value < 10 && value % 1 !== 0 ? 1 : 0;
  return value >= 1e6 ? (value / 1e6).toFixed(1) + ' M' : value.toLocaleString('en', { maximumFractionDigits: decimals });
}

function millis(value) {
  if (value < 9.95) return (value < 0.05 ? 0 : value.toFixed(1)) + ' ms';
  if (value < 999.5) return value.toFixed(0) + ' ms';
  return value < 100_000 ? (value / 1_000).toFixed(1) + ' s' : (value / 60_000).toFixed(0) + ' min';
}

/** The largest unit alone, or with the next smaller one. */
function time(ms, isShort) {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h > 0) return isShort ? h + 'h' : `${h}h ${m}m`;
  if (m > 0) return isShort ? m + 'm' : `${m}m ${s}s`;
  return s + 's';
}

function dollars(value) {
  if (value === 0) return '$0';
  if (value >= 1) return '$' + value.toFixed(2);
  return '$' + value.toFixed(Math.min(8, 2 - Math.floor(Math.log10(value)))).replace(/(\.\d\d+?)0+$/, '$1');
}

/** Where the scale of times ends: at figures that are round for people. */
function timeScale(ms) {
  return [10, 20, 30, 60, 120, 300, 600].map(seconds => seconds * 1_000).find(each => ms > 5_000 && each >= ms) ?? roundUp(ms);
}

const seconds = ms => ms < 100_000 ? (ms / 1_000).toFixed(1) + ' s' : time(ms);

/** What it is less or more than the other, as a share of it. */
function difference(value, other) {
  if (other <= 0) return '';
  const percent = Math.round((value / other - 1) * 100);
  return percent > 900 ? '' : ` (${percent > 0 ? '+' : percent < 0 ? '−' : '±'}${Math.abs(percent)}\u00a0%)`;
}

const words = constant => constant.toLowerCase().replaceAll('_', ' ');

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Instances

const MARKS = { starting: 'S', open: 'O', leaving: 'L', draining: 'D' };
const stateOf = instance => instance.expiring ? 'leaving' : instance.state;

function leaves(instance) {
  if (instance.leavesInMs === undefined) return '–';
  return instance.leavesInMs < 0 ? 'late' : time(instance.leavesInMs);
}

function cell() {
  const mark = element('span', { class: 'mark' });
  const load = element('span', { class: 'load' });
  const bar = element('i');
  const times = element('div', { class: 'times' });
  const node = element('li', { class: 'cell' }, element('div', { class: 'row' }, mark, load),
    element('div', { class: 'bar' }, bar), times);
  return {
    node,
    update(instance, most) {
      const state = stateOf(instance);
      node.className = 'cell ' + state;
      write(mark, MARKS[state]);
      write(load, state === 'starting' ? state : `${instance.running}/${most}`);
      bar.style.width = Math.min(100, instance.running / most * 100) + '%';
      const left = instance.leavesInMs === undefined ? '' : ' → ' + time(instance.leavesInMs, true);
      write(times, time(instance.ageMs, true) + left);
      const text = `${instance.id}: ${state}, runs ${instance.running} of at most ${most}, age ${time(instance.ageMs)}, leaves in: ${leaves(instance)}`;
      node.title = text;
      node.setAttribute('aria-label', text);
    },
  };
}

function row(pool) {
  const cells = {};
  const column = (name, isMinor) => cells[name] = element('td', isMinor ? { class: 'minor' } : {});
  const node = element('tr', {}, column('state'), column('id'), column('running'), column('channels', true),
    column('answered', true), column('age', true), column('leaves'), column('action'));
  cells.id.className = 'id';
  const button = element('button', { type: 'button', class: 'drain' }, 'Drain');
  cells.action.append(button);
  return {
    node,
    update(instance, most) {
      const state = stateOf(instance);
      node.dataset.instance = instance.id;
      node.dataset.state = state;
      write(cells.state, `${MARKS[state]} ${state}`);
      write(cells.id, instance.id.slice(0, 8));
      cells.id.title = instance.id;
      write(cells.running, `${instance.running} of ${most}`);
      write(cells.channels, count(instance.idleChannels));
      write(cells.answered, count(instance.answered));
      write(cells.age, time(instance.ageMs));
      write(cells.leaves, leaves(instance));
      button.hidden = !access.mayDrain;
      button.disabled = state === 'starting' || state === 'draining';
      button.setAttribute('aria-label', 'Drain instance ' + instance.id);
      button.onclick = () => drain(pool, instance.id);
    },
  };
}

/** Keeps one part for each instance below a node, in their order; those that stay are not touched, nor is the focus in them. */
class Parts {
  constructor(node, make) {
    this.node = node;
    this.make = make;
    this.parts = new Map();
  }

  update(instances, most) {
    const present = new Set(instances.map(instance => instance.id));
    for (const [id, part] of this.parts) {
      if (!present.has(id)) {
        part.node.remove();
        this.parts.delete(id);
      }
    }
    let place = this.node.firstChild;
    for (const instance of instances) {
      let part = this.parts.get(instance.id);
      if (!part) {
        part = this.make();
        this.parts.set(instance.id, part);
      }
      part.update(instance, most);
      if (part.node === place) place = place.nextSibling;
      else this.node.insertBefore(part.node, place);
    }
  }
}

// A pool

class PoolView {
  constructor(id) {
    this.id = id;
    this.samples = [];
    this.next = 0;
    this.function = element('span', { class: 'function' });
    this.replace = element('button', { type: 'button', class: 'replace' }, 'Replace all');
    this.replace.onclick = () => this.askAndReplace();
    this.alert = element('p', { class: 'alert', hidden: '' });
    this.figures = {};
    this.cells = element('ul', { class: 'cells', 'aria-label': 'Instances, the oldest first' });
    this.more = element('p', { class: 'empty' });
    this.none = element('p', { class: 'empty' }, 'No instance: the next request starts one.');
    this.legend = element('p', { class: 'legend' });
    for (const [state, text] of [['starting', 'starting'], ['open', 'open'],
      ['leaving', 'open, and about to leave: its successor is being started'], ['draining', 'draining: finishes what it runs']]) {
      this.legend.append(element('b', {}, MARKS[state]), ` ${text} · `);
    }
    this.legend.append('running/most · age → time left');
    const body = element('tbody');
    const heads = [['State'], ['Instance'], ['Running'], ['Idle channels', 1], ['Answered', 1], ['Age', 1], ['Leaves in'], ['']];
    this.details = element('details', {}, element('summary', {}, 'Each instance'), element('table', {},
      element('thead', {}, element('tr', {}, ...heads.map(([text, isMinor]) =>
        text ? element('th', { scope: 'col', class: isMinor ? 'minor' : '' }, text) : element('td')))), body));
    this.cellParts = new Parts(this.cells, cell);
    this.rowParts = new Parts(body, () => row(id));
    this.past = element('h3', {}, 'History');
    this.charts = this.makeCharts();
    const headline = 'pool-' + headlines++;
    this.node = element('section', { class: 'pool', 'aria-labelledby': headline, 'data-pool': id },
      element('div', { class: 'title' }, element('h2', { id: headline }, id), this.function, this.replace),
      this.alert, this.makeFigures(),
      element('h3', {}, 'Instances'), this.none, this.cells, this.legend, this.details, this.more,
      this.past, element('div', { class: 'charts' }, ...this.charts.map(chart => chart.node)));
  }

  makeFigures() {
    const list = element('dl', { class: 'figures' });
    for (const [key, name] of [['queue', 'Waiting'], ['running', 'Running'], ['rate', 'Requests a second'], ['wait', 'Queue wait, p50'],
      ['duration', 'Duration, p50'], ['instances', 'Instances open'], ['failures', 'Invokes failed'], ['cost', 'Cost so far']]) {
      const figure = { value: element('dd', { class: 'value' }), note: element('dd', { class: 'note' }) };
      figure.node = element('div', { 'data-figure': key }, element('dt', {}, name), figure.value, figure.note);
      this.figures[key] = figure;
      list.append(figure.node);
    }
    return list;
  }

  makeCharts() {
    const of = name => sample => sample[name];
    const cost = name => sample => prices.functionMemoryMB ? sample[name] * prices.functionMemoryMB / 1024 * prices.dollarsPerGBSecond * 3600 : sample[name];
    const price = value => prices.functionMemoryMB ? dollars(value) : count(value);
    return [
      new Chart('Requests a second', [{ of: of('requestsPerSecond'), label: 'came' }, { of: of('unservedPerSecond'), label: 'not served' }], count, 1),
      new Chart('Waiting and running', [{ of: of('running'), label: 'running' }, { of: of('queued'), label: 'waiting' }], count, 1),
      new Chart('Instances', [{ of: of('open'), label: 'open' }, { of: of('desired'), label: 'desired' }, { of: of('starting'), label: 'starting' }], count, 1),
      new Chart('Queue wait', [{ of: of('waitP50'), label: 'p50' }, { of: of('waitP99'), label: 'p99' }], millis, 1, timeScale),
      new Chart('Duration', [{ of: of('durationP50'), label: 'p50' }, { of: of('durationP99'), label: 'p99' }], millis, 1, timeScale),
      new Chart(prices.functionMemoryMB ? 'Dollars an hour' : 'Environments billed',
        [{ of: cost('billed'), label: 'here' }, { of: cost('plainBilled'), label: 'plain' }], price, prices.functionMemoryMB ? 1e-6 : 1),
    ];
  }

  show(key, value, note, isWarning) {
    const figure = this.figures[key];
    write(figure.value, value);
    write(figure.note, note);
    figure.node.className = isWarning ? 'warn' : '';
  }

  update(pool) {
    const { recent, totals, instances } = pool;
    const inState = state => instances.filter(instance => instance.state === state).length;
    const [open, starting, draining] = ['open', 'starting', 'draining'].map(inState);
    write(this.function, pool.function === this.id ? '' : pool.function);
    this.replace.hidden = !access.mayDrain;
    this.replace.disabled = open + starting === 0;
    this.updateAlert(pool);
    this.show('queue', count(pool.queuedRequests), 'of at most ' + count(pool.maxQueuedRequests), pool.queuedRequests >= pool.maxQueuedRequests);
    this.show('running', count(pool.runningRequests), `of ${count(open * pool.maxConcurrentCount)} that fit`);
    this.show('rate', count(recent.requestsPerSecond ?? 0), count(totals.requests) + ' so far');
    for (const [key, spread] of [['wait', recent.waitMs], ['duration', recent.durationMs]]) {
      this.show(key, spread ? millis(spread.p50) : '–', spread ? 'p99 ' + millis(spread.p99) : 'nothing in the last 10 s');
    }
    this.show('instances', count(open), `of ${pool.desiredInstances} desired · ${starting} starting · ${draining} draining`);
    this.updateFailures(pool);
    this.updateCost(totals);
    this.updateInstances(instances, pool.maxConcurrentCount);
  }

  updateAlert(pool) {
    this.alert.hidden = !pool.startsFail;
    if (pool.startsFail) {
      const when = pool.nextStartInMs > 0 ? `Next attempt in ${time(pool.nextStartInMs)}.` : 'An attempt is under way.';
      this.alert.replaceChildren(element('b', {}, '! Instances cannot be started: ' + pool.startsFail),
        `, ${pool.startsFailMessage}. ${when}`);
    }
  }

  updateFailures({ totals, lastInvokeFailure: last, startsFail }) {
    const failed = Object.values(totals.invokeFailures).reduce((sum, each) => sum + each, 0);
    this.show('failures', count(failed), last ? `${words(last.reason)}, ${time(last.agoMs)} ago` : `of ${count(totals.invokes)}`, startsFail);
    this.figures.failures.node.title = last ? last.message : '';
  }

  updateCost(totals) {
    if (totals.dollars === undefined) {
      this.show('cost', seconds(totals.billedMs), 'billed; plain Lambda ' + seconds(totals.plainBilledMs));
    } else {
      this.show('cost', dollars(totals.dollars),
        'plain Lambda ' + dollars(totals.plainDollars) + difference(totals.dollars, totals.plainDollars));
    }
  }

  updateInstances(instances, most) {
    this.none.hidden = instances.length > 0;
    this.legend.hidden = instances.length === 0;
    this.details.hidden = instances.length === 0;
    if (instances.length > 0 && !this.wasOpened) {
      this.wasOpened = true;
      this.details.open = instances.length <= FEW;
    }
    this.cellParts.update(instances.slice(0, MOST_CELLS), most);
    this.rowParts.update(instances.slice(0, MOST_ROWS), most);
    const hidden = [instances.length - MOST_CELLS, instances.length - MOST_ROWS];
    this.more.hidden = hidden[1] <= 0;
    if (hidden[1] > 0) {
      write(this.more, `Not shown: ${Math.max(0, hidden[0])} cells, ${hidden[1]} rows of the youngest.`);
    }
  }

  /** The second click counts, if it comes soon. */
  askAndReplace() {
    if (!this.replace.classList.toggle('sure')) {
      write(this.replace, 'Replace all');
      drain(this.id);
      return;
    }
    write(this.replace, 'Sure? Replace all');
    setTimeout(() => {
      this.replace.classList.remove('sure');
      write(this.replace, 'Replace all');
    }, 5_000);
  }

  // History

  async load() {
    if (this.isLoading) return;
    this.isLoading = true;
    try {
      const answer = await fetch('/console/history?' + new URLSearchParams({ pool: this.id }));
      if (!answer.ok) return;
      const history = await answer.json();
      this.columns = history.columns;
      this.samples = [];
      this.next = history.first;
      this.append(history);
    } catch {
      // The next sample asks again.
    } finally {
      this.isLoading = false;
    }
  }

  /** Samples are numbered: what is known is left out, and when one is missing all are asked for. */
  append({ first, samples }) {
    if (!this.columns || first > this.next || first + samples.length < this.next) {
      this.columns = null;
      void this.load();
      return;
    }
    const now = Date.now();
    for (const values of samples.slice(this.next - first)) {
      const sample = Object.fromEntries(this.columns.map((name, i) => [name, values[i]]));
      this.samples.push({ ...sample, at: now - sample.agoMs });
    }
    this.next = Math.max(this.next, first + samples.length);
    while (this.samples.length > 0 && this.samples[0].at < now - KEPT_MS) this.samples.shift();
    write(this.past, `Last ${spanOf(this.samples, now)} minutes`);
    this.charts.forEach(chart => chart.draw(this.samples, now));
  }
}

// What comes

function show(state) {
  prices = state.prices;
  write(byId('serving'), state.status);
  byId('serving').className = state.status;
  write(byId('prices'), prices.functionMemoryMB
    ? `Estimates: ${prices.functionMemoryMB} MB at $${prices.dollarsPerGBSecond} a GB-second, $${prices.dollarsPerMillionInvokes} a million invokes; plain Lambda without its cold starts.`
    : 'FunctionMemoryMB is not set: time is shown instead of dollars.');
  const names = new Set(state.pools.map(pool => pool.pool));
  for (const [id, view] of views) {
    if (!names.has(id)) {
      view.node.remove();
      views.delete(id);
    }
  }
  for (const pool of state.pools) {
    let view = views.get(pool.pool);
    if (!view) {
      view = new PoolView(pool.pool);
      views.set(pool.pool, view);
      byId('pools').append(view.node);
      void view.load();
    }
    view.update(pool);
  }
}

let said;
function say(text) {
  write(byId('message'), text);
  clearTimeout(said);
  said = setTimeout(() => write(byId('message'), ''), 6_000);
}

async function drain(pool, instance) {
  const what = instance ? 'Instance ' + instance.slice(0, 8) : 'Pool ' + pool;
  try {
    const query = new URLSearchParams(instance ? { pool, instance } : { pool });
    const answer = await fetch('/console/drain?' + query, { method: 'POST', headers: { 'X-Console-Token': access.token } });
    say(answer.ok ? what + (instance ? ' gets nothing new.' : ': each instance leaves once another serves in its place.')
      : `${what}: ${await answer.text()}`);
  } catch {
    say(what + ': the router cannot be reached.');
  }
}

let events;
let silence;

function connection(text, isLost) {
  write(byId('connection'), text);
  byId('connection').className = isLost ? 'lost' : '';
}

function heard() {
  connection('live', false);
  clearTimeout(silence);
  silence = setTimeout(() => connection('silent: what is shown is old', true), 5_000);
}

function connect() {
  if (events || document.hidden) return;
  events = new EventSource('/console/events');
  events.addEventListener('hello', event => { access = JSON.parse(event.data); });
  events.addEventListener('state', event => { heard(); show(JSON.parse(event.data)); });
  events.addEventListener('newest', event => {
    for (const [id, newest] of Object.entries(JSON.parse(event.data))) views.get(id)?.append(newest);
  });
  events.onerror = () => {
    clearTimeout(silence);
    connection('no connection: what is shown is old', true);
    if (events.readyState === EventSource.CLOSED) {
      // Refused: there may be too many who look.
      disconnect();
      setTimeout(connect, 10_000);
    }
  };
}

function disconnect() {
  clearTimeout(silence);
  events?.close();
  events = undefined;
}

// Who does not look costs nothing.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    disconnect();
    connection('paused', false);
  } else {
    connect();
  }
});
window.addEventListener('pagehide', disconnect);
write(byId('host'), location.host);
connect();
