// Builds elements and formats values. Text from outside goes in as text, never as markup.

export const byId = (id) => document.getElementById(id);

/** An element with attributes and children; `false`, `null` and `undefined` are left out, functions listen. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Changes a text only when it differs: screen readers and selections stay in peace. */
export function setText(element, text) {
  const wanted = String(text);
  if (element.textContent !== wanted) element.textContent = wanted;
}

const numbers = new Intl.NumberFormat("en-GB");
const money = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const clocks = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const moments = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" });
const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

export const day = (time) => days.format(new Date(time));
export const count = (number) => numbers.format(number);
export const amount = (text) => (text === null || text === undefined ? "–" : money.format(Number(text)));
export const clock = (time) => clocks.format(new Date(time));
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** The time of day; with the date when it is not of today. */
export function moment(time) {
  const date = new Date(time);
  return date.toDateString() === new Date().toDateString() ? clock(date) : moments.format(date);
}

export function milliseconds(number) {
  if (number === null || number === undefined) return "–";
  return number < 10_000 ? `${count(Math.round(number))} ms` : duration(number / 1000);
}

export function duration(seconds) {
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

export const percent = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(part === whole ? 0 : 1)} %` : "–");

/** A score's severity, as a word and for the styles. */
export function severity(score) {
  if (score >= 70) return "high";
  return score >= 50 ? "medium" : "low";
}
