// Charts by uPlot (static/vendor/uplot). Colours come from the style sheet, so that they follow dark and light.

const { uPlot } = window;
const DAY = 86_400; // seconds
const clocks = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dates = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const drawn = new Map(); // how to draw each chart again, by its element

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const faint = (name) => `color-mix(in srgb, ${colour(name)} 22%, transparent)`;

/** Draws into `place` and keeps the chart as wide as that; `make(width)` returns uPlot's options and data. */
function draw(place, make) {
  drawn.get(place)?.stop();
  let chart = null;
  const again = () => {
    chart?.destroy();
    const { options, data } = make();
    chart = new uPlot({ width: Math.max(200, place.clientWidth), cursor: { drag: { x: false, y: false } }, ...options }, data, place);
    place.firstElementChild?.setAttribute("aria-hidden", "true"); // the words below tell the same
  };
  const sizes = new ResizeObserver(() => chart?.setSize({ width: Math.max(200, place.clientWidth), height: make().options.height }));
  again();
  sizes.observe(place);
  const entry = { again, stop: () => { sizes.disconnect(); chart?.destroy(); }, set: (data) => chart.setData(data) };
  drawn.set(place, entry);
  return entry;
}

export function redrawOnNewColours() {
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) {
    matchMedia(query).addEventListener("change", () => {
      for (const [place, entry] of drawn) if (place.isConnected) entry.again();
      else drawn.delete(place);
    });
  }
}

const axis = (more = {}) => ({ stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 }, font: "12px system-ui, sans-serif", size: 34, ...more });
const clockAxis = () => axis({ grid: { show: false }, space: 70, values: (_chart, ticks) => ticks.map((tick) => clocks.format(tick * 1000)) });
const bars = (size) => uPlot.paths.bars({ size: [size, 40], radius: 0.15 });
const wholes = (_chart, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? tick.toLocaleString("en-GB") : ""));

/** Payments a second as an area, alerts as bars on an axis of their own. Returns a function that takes new data. */
export function activity(place, first) {
  let data = first;
  const chart = draw(place, () => ({
    data,
    options: {
      height: 220,
      legend: { show: false },
      scales: {
        x: { time: true },
        rate: { range: (_chart, _least, most) => [0, Math.max(1, most * 1.15)] },
        alerts: { range: (_chart, _least, most) => [0, Math.max(4, most * 2)] },
      },
      series: [{},
        { label: "Payments a second", scale: "rate", stroke: colour("--accent"), fill: faint("--accent"), width: 2, points: { show: false } },
        { label: "Alerts", scale: "alerts", stroke: colour("--high"), fill: colour("--high"), width: 0, paths: bars(0.7), points: { show: false } }],
      axes: [clockAxis(),
        axis({ scale: "rate", size: 44, values: wholes }),
        axis({ scale: "alerts", side: 1, size: 40, grid: { show: false }, values: wholes, stroke: colour("--high") })],
    },
  }));
  return (next) => { data = next; chart.set(next); };
}

/** Bars with a word below each. Returns a function that takes new counts. */
export function histogram(place, words, first) {
  let data = [words.map((_, index) => index), first];
  const chart = draw(place, () => ({
    data,
    options: {
      height: 170,
      legend: { show: false },
      scales: { x: { time: false, range: [-0.6, words.length - 0.4] }, y: { range: (_chart, _least, most) => [0, Math.max(4, most * 1.1)] } },
      series: [{}, { label: "Alerts", stroke: colour("--accent"), fill: faint("--accent"), width: 1, paths: bars(0.8), points: { show: false } }],
      axes: [axis({ grid: { show: false }, splits: () => data[0], space: 1, values: (chart_, ticks) => labels(chart_, ticks, words) }), axis({ size: 44, values: wholes })],
    },
  }));
  return (counts) => { data = [data[0], counts]; chart.set(data); };
}

/** All words where there is room, else every second or third. */
function labels(chart, ticks, words) {
  const every = Math.ceil((words.length * 64) / Math.max(1, chart.width - 60));
  return ticks.map((tick) => (tick % every === 0 ? words[tick] : ""));
}

/** Payments of an account as points, those with an alert in the alarm's colour, and a line at the `usual` amount or null. */
export function timeline(place, payments, usual, alerted) {
  const ordered = [...payments].sort((one, two) => Date.parse(one.received_at) - Date.parse(two.received_at));
  const times = ordered.map((payment) => Date.parse(payment.received_at) / 1000);
  const margin = Math.max(30, (times.at(-1) - times[0]) * 0.05);
  const ends = [times[0] - margin, times.at(-1) + margin];
  const of = (wanted) => [null, ...ordered.map((payment) => (alerted.has(payment.id) === wanted ? Number(payment.amount) : null)), null];
  const points = (name) => ({ stroke: colour(name), width: 0, paths: () => null, points: { show: true, size: 8, fill: colour(name), stroke: colour(name) } });
  const data = [[ends[0], ...times, ends[1]], of(false), of(true), [ends[0], ...times, ends[1]].map(() => usual)];
  const ticks = ends[1] - ends[0] > DAY ? dates : ends[1] - ends[0] > 600 ? clocks : seconds;
  draw(place, () => ({
    data,
    options: {
      height: 190,
      legend: { show: false },
      scales: { x: { range: ends }, y: { range: (_chart, _least, most) => [0, Math.max(10, most * 1.15)] } },
      series: [{}, points("--accent"), points("--high"), { stroke: colour("--quiet"), width: 1.5, dash: [6, 4], points: { show: false } }],
      axes: [axis({ grid: { show: false }, space: 90, values: (_chart, times_) => times_.map((time) => ticks.format(time * 1000)) }), axis({ size: 56 })],
    },
  }));
}
