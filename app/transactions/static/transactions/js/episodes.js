// Alerts, put together to episodes as the pipeline does: those of one account, until it had none for some hours.

import { amount, byId, clock, el, milliseconds, moment, plural, setText, severity } from "./dom.js";

const EPISODES = 40;
const PAYMENTS = 5; // shown of an episode
const REMEMBERED = 5_000; // alerts, to count none twice
const HOUR_MS = 3_600_000;

const list = byId("episodes");
const episodes = new Map(); // the latest of each account
const known = new Set();
const byPayment = new Map();
let titles = {};
let holdOff = 24 * HOUR_MS;
let handlers = {};
let paused = false;
let held = [];
let unlisted = 0;
let gap = "";

/** `rules`: titles by id; `on`: trace(payment), account(id), verdict(payment, isFraud, button). */
export function start({ rules, episodeHours, on }) {
  titles = rules;
  holdOff = episodeHours * HOUR_MS;
  handlers = on;
}

export const title = (rule) => titles[rule] ?? rule;
export const alertsOf = (payment) => byPayment.get(payment) ?? [];

/** The severity of a payment's alerts, and them in a word or two. */
export function severityOf(payment) {
  const found = alertsOf(payment);
  if (!found.length) return undefined;
  const score = Math.max(...found.map((alert) => alert.score));
  return { severity: severity(score), words: found.length === 1 ? title(found[0].rule_id) : plural(found.length, "alert") };
}

/** Takes alerts, oldest first; `skipped` ones were not sent. Returns those that are new. */
export function take(alerts, skipped = 0) {
  const fresh = alerts.filter((alert) => !known.has(alert.alert_id));
  if (gap && alerts.length && fresh.length === alerts.length) list.prepend(el("li", { class: "gap" }, gap));
  if (alerts.length) gap = "";
  unlisted += skipped;
  setText(byId("alerts-unlisted"), unlisted ? `Too many to list them all: ${plural(unlisted, "alert")} passed unlisted.` : "");
  for (const alert of fresh) {
    known.add(alert.alert_id);
    byPayment.set(alert.transaction_id, [...alertsOf(alert.transaction_id), alert]);
  }
  while (known.size > REMEMBERED) known.delete(known.values().next().value);
  while (byPayment.size > REMEMBERED) byPayment.delete(byPayment.keys().next().value);
  if (paused) held.push(...fresh);
  else show(fresh);
  return fresh;
}

export function pause(on) {
  paused = on;
  if (on) return;
  show(held);
  held = [];
}

/** Events were missed: unless the next alerts include a known one, the list says in `words` that some may be missing. */
export function expectGap(words) {
  gap = episodes.size ? words : "";
}

function show(alerts) {
  const changed = new Set(alerts.map(add));
  for (const episode of changed) draw(episode);
  byId("alerts-loading").hidden = true;
  byId("alerts-empty").hidden = list.children.length > 0;
  const focused = document.activeElement?.closest?.("#episodes > li");
  for (const old of [...list.children].slice(EPISODES)) if (old !== focused) old.remove();
}

function add(alert) {
  const at = Date.parse(alert.event_time);
  let episode = episodes.get(alert.ACCOUNT_ID);
  if (!episode || at - episode.last > holdOff) {
    episode = { account: alert.ACCOUNT_ID, first: at, last: at, alerts: 0, count: 0, amount: 0, score: 0, payments: new Map() };
    episodes.delete(alert.ACCOUNT_ID);
    episodes.set(alert.ACCOUNT_ID, episode);
    if (episodes.size > 10 * EPISODES) episodes.delete(episodes.keys().next().value);
  }
  episode.alerts += 1;
  episode.first = Math.min(episode.first, at);
  episode.last = Math.max(episode.last, at);
  episode.score = Math.max(episode.score, alert.score);
  if (!episode.payments.has(alert.transaction_id)) {
    episode.count += 1;
    episode.amount += Math.max(0, Number(alert.amount));
    episode.payments.set(alert.transaction_id, []);
  }
  episode.payments.get(alert.transaction_id).push(alert);
  if (episode.payments.size > PAYMENTS) episode.payments.delete(episode.payments.keys().next().value);
  return episode;
}

function draw(episode) {
  episode.card ??= card(episode);
  const { card: item, parts } = episode.card;
  const level = severity(episode.score);
  item.dataset.severity = level;
  setText(parts.score, `${level} · ${episode.score}`);
  parts.score.dataset.severity = level;
  const until = episode.last - episode.first < 1000 ? "" : ` – ${clock(episode.last)}`;
  setText(parts.time, moment(episode.first) + until);
  setText(parts.words, `${plural(episode.alerts, "alert")} on ${plural(episode.count, "payment")}, ${amount(episode.amount)} in total`);
  const hits = [...episode.payments].map(([payment, alerts]) => hit(episode, payment, alerts));
  for (const one of hits) if (one.parentElement !== parts.payments) parts.payments.prepend(one);
  for (const old of [...parts.payments.children]) if (!hits.includes(old) && !old.contains(document.activeElement)) old.remove();
  const more = episode.count - hits.length;
  parts.more.hidden = more <= 0;
  setText(parts.more, `and ${plural(more, "earlier payment")}`);
  if (!item.isConnected || !(list.matches(":hover") || list.contains(document.activeElement))) list.prepend(item);
}

function card(episode) {
  const parts = {
    score: el("span", { class: "chip" }),
    time: el("span", { class: "quiet" }),
    words: el("p", { class: "quiet" }),
    payments: el("ul", { class: "hits" }),
    more: el("p", { class: "quiet", hidden: true }),
  };
  const open = el("button", { type: "button", class: "link strong", click: () => handlers.account(episode.account) }, `Account ${episode.account}`);
  const item = el("li", { class: "episode", "data-account": episode.account },
    el("div", { class: "head" }, parts.score, open, parts.time), parts.words, parts.payments, parts.more);
  return { card: item, parts };
}

/** One payment of an episode; made once, as a new one would take the focus from its buttons. */
function hit(episode, payment, alerts) {
  episode.hits ??= new Map();
  let item = episode.hits.get(payment);
  if (!item) {
    item = el("li", { "data-payment": payment }, el("div", { class: "reasons" }), verdictButtons(payment));
    episode.hits.set(payment, item);
    if (episode.hits.size > 4 * PAYMENTS) episode.hits.delete(episode.hits.keys().next().value);
  }
  if (item.firstElementChild.childElementCount !== alerts.length) item.firstElementChild.replaceChildren(...alerts.map(reason));
  return item;
}

function reason(alert) {
  const trace = () => handlers.trace({ id: alert.transaction_id, account_id: alert.ACCOUNT_ID, amount: alert.amount, received_at: alert.event_time });
  const after = alert.delay_ms === null || alert.delay_ms === undefined ? "" : ` · after ${milliseconds(alert.delay_ms)}`;
  return el("div", { class: "reason", "data-rule": alert.rule_id },
    el("span", { class: "rule" }, title(alert.rule_id)),
    el("span", {}, `: ${alert.reason}`),
    el("div", { class: "quiet" },
      el("button", { type: "button", class: "link", click: trace }, `Payment ${alert.transaction_id}`), ` · score ${alert.score}${after}`));
}

function verdictButtons(payment) {
  const choose = (isFraud) => (event) => handlers.verdict(payment, isFraud, event.currentTarget);
  return el("div", { class: "verdict", role: "group", "aria-label": `Verdict on payment ${payment}` },
    el("button", { type: "button", "aria-pressed": "false", "data-verdict": "fraud", click: choose(true) }, "Fraud"),
    el("button", { type: "button", "aria-pressed": "false", "data-verdict": "genuine", click: choose(false) }, "Genuine"));
}
