// Lines over the last minutes. The drawing is stretched to whatever width there is; all text stands beside it.

const MINUTE_MS = 60_000;

/** How many minutes a chart may show: they can be divided by three. */
const SPANS = [3, 6, 15];
const WIDTH = 900;
const HEIGHT = 100;

/** Further apart than that, two samples are not joined: nobody was looking in between. */
const GAP_MS = 10_000;

const SVG = 'http://www.w3.org/2000/svg';

export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function drawing(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** As many minutes as there are samples for. */
export function spanOf(samples, now) {
  const age = samples.length > 0 ? now - samples[0].at : 0;
  return SPANS.find(minutes => age <= minutes * MINUTE_MS) ?? SPANS.at(-1);
}

/** The next of 1, 2, 5, 10, 20 … */
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map(step => step * power).find(step => step >= value * 0.999);
}

export class Chart {
  /**
   * @param lines at most three: {of: sample => number or null, label}
   * @param format of a number, as text
   * @param least the scale's end at least
   * @param scale where the scale ends, when it must reach a number
   */
  constructor(name, lines, format, least, scale = roundUp) {
    this.name = name;
    this.lines = lines;
    this.format = format;
    this.least = least;
    this.scale = scale;
    this.samples = [];
    this.paths = lines.map((line, i) => drawing('path', { class: 'line' + i }));
    this.cursor = drawing('line', { class: 'cursor', y1: 0, y2: HEIGHT, visibility: 'hidden' });
    this.values = lines.map(() => element('b'));
    this.top = element('span', { class: 'top', 'aria-hidden': 'true' });
    this.when = document.createTextNode('now');
    const thirds = [1, 2].map(i => WIDTH / 3 * i).map(x => drawing('line', { class: 'grid', x1: x, x2: x, y1: 0, y2: HEIGHT }));
    this.svg = drawing('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' },
      ...thirds, this.cursor, ...this.paths.toReversed());
    const keys = lines.map((line, i) => element('span', { class: 'key' },
      drawing('svg', { viewBox: '0 0 20 8', 'aria-hidden': 'true' }, drawing('line', { class: 'line' + i, x1: 1, x2: 19, y1: 4, y2: 4 })),
      ' ' + line.label + ' ', this.values[i]));
    this.axis = [0, 1, 2].map(() => element('span'));
    this.node = element('figure', {},
      element('figcaption', {}, element('span', { class: 'name' }, name), ...keys),
      element('div', { class: 'plot' }, this.svg, this.top),
      element('div', { class: 'axis', 'aria-hidden': 'true' }, ...this.axis, element('span', {}, this.when)));
    this.svg.addEventListener('pointermove', event => this.point(event));
    this.svg.addEventListener('pointerleave', () => this.point(null));
  }

  /** @param samples the oldest first, each with its moment {@code at}, in ms */
  draw(samples, now) {
    this.samples = samples;
    this.now = now;
    const minutes = spanOf(samples, now);
    this.spanMs = minutes * MINUTE_MS;
    this.axis.forEach((label, i) => label.textContent = '−' + minutes * (3 - i) / 3 + (i === 0 ? ' min' : ''));
    let most = 0;
    for (const line of this.lines) for (const sample of samples) most = Math.max(most, line.of(sample) ?? 0);
    const scale = this.scale(Math.max(most, this.least));
    this.top.textContent = most > 0 ? this.format(scale) : '';
    this.lines.forEach((line, i) => this.paths[i].setAttribute('d', this.path(line, scale)));
    this.tell();
    const latest = this.lines.map((line, i) => `${line.label} ${this.values[i].textContent}`).join(', ');
    this.svg.setAttribute('aria-label', `${this.name}: ${latest}; at most ${this.format(most)} in the last ${minutes} minutes`);
  }

  path(line, scale) {
    let text = '';
    let last = -Infinity;
    for (const sample of this.samples) {
      const value = line.of(sample);
      if (value === null) continue;
      const x = this.x(sample).toFixed(1);
      const y = (HEIGHT - 1 - value / scale * (HEIGHT - 3)).toFixed(1);
      // A sample on its own is a dot.
      text += sample.at - last > GAP_MS ? `M${x} ${y}h.01` : `L${x} ${y}`;
      last = sample.at;
    }
    return text;
  }

  x(sample) {
    return WIDTH * (1 - (this.now - sample.at) / this.spanMs);
  }

  point(event) {
    const box = this.svg.getBoundingClientRect();
    this.pointed = event && (event.clientX - box.left) / box.width;
    this.tell();
  }

  /** Values of the moment that is pointed at, or of the newest one. */
  tell() {
    let shown = this.samples.at(-1);
    if (this.pointed != null && this.samples.length > 0) {
      const at = this.now - (1 - this.pointed) * this.spanMs;
      shown = this.samples.reduce((best, sample) => Math.abs(sample.at - at) < Math.abs(best.at - at) ? sample : best);
      this.cursor.setAttribute('x1', this.x(shown));
      this.cursor.setAttribute('x2', this.x(shown));
    }
    this.cursor.setAttribute('visibility', this.pointed == null || !shown ? 'hidden' : 'visible');
    const isNow = this.pointed == null || !shown;
    this.when.data = isNow ? 'now' : new Date(shown.at).toLocaleTimeString();
    this.lines.forEach((line, i) => {
      const value = shown ? line.of(shown) : null;
      this.values[i].textContent = value === null ? '–' : this.format(value);
    });
  }
}
