// Key figures, charts of the last minutes and of the delays, and the table of rules.

import { Refused, get } from "./ask.js";
import { activity, histogram } from "./charts.js";
import { byId, count, milliseconds, moment, percent, plural, setText } from "./dom.js";
import { Minutes } from "./minutes.js";

const LATELY = 5; // minutes
const minutes = new Minutes();
let drawActivity = null;
let drawDelays = null;
let drawnEdges = "";

/** Reads the history again; without one the chart begins now. */
export async function restart() {
  try {
    minutes.begin(await get("api/history"));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

export function show(state) {
  minutes.add(state);
  showFigures(state);
  showRules(state);
  showDelays(state.delays);
}

/** Called every second: the chart moves on without payments, too. */
export function tick() {
  const data = minutes.series();
  drawActivity ??= activity(byId("activity"), data);
  drawActivity(data);
  const lately = minutes.sums(15);
  setText(byId("activity-words"), `In the last 15 minutes: ${plural(lately.payments, "payment")}, ${plural(lately.alerts, "alert")}.`);
}

function showFigures(state) {
  const lately = minutes.sums(LATELY);
  setText(byId("rate"), count(state.rate));
  setText(byId("rate-note"), `${plural(lately.payments, "payment")} in ${LATELY} minutes`);
  setText(byId("payments-total"), count(state.payments));
  setText(byId("alerts-lately"), count(lately.alerts));
  setText(byId("alerts-note"), `${count(state.alerts)} ${state.alerts_since ? `since ${moment(state.alerts_since)}` : "in total"}`);
  setText(byId("delay"), milliseconds(state.delay_p50_ms));
  setText(byId("delay-note"), state.delay_p99_ms === null ? "no alert yet" : `99 % within ${milliseconds(state.delay_p99_ms)}`);
  const known = state.known;
  setText(byId("precision"), known ? percent(known.hits, known.alerts) : "–");
  setText(byId("precision-note"), known ? `${count(known.hits)} of ${plural(known.alerts, "alerted payment")} were frauds` : "no outcome is known yet");
  setText(byId("recall"), known ? percent(known.hits, known.frauds) : "–");
  setText(byId("recall-note"), known ? `${count(known.hits)} of ${plural(known.frauds, "known fraud")} found` : "no outcome is known yet");
}

function showRules(state) {
  const known = state.known;
  for (const row of document.querySelectorAll("#rules tr[data-rule]")) {
    const { rule } = row.dataset;
    const found = known?.by_rule[rule];
    const [alerts, precision, recall] = row.querySelectorAll("td");
    setText(alerts, count(state.by_rule[rule] ?? 0));
    setText(precision, found ? percent(found.hits, found.alerts) : "–");
    setText(recall, found ? percent(found.hits, known.frauds) : "–");
    row.classList.toggle("none", !state.by_rule[rule]);
  }
  setText(byId("rules-words"), known
    ? `The outcome of ${plural(known.payments, "payment")} is known; ${count(known.frauds)} of them were frauds. Precision: of the payments with an alert, the frauds. Recall: of all known frauds, those with an alert.`
    : "Precision and recall appear once outcomes are known: judge an alert, or play a scenario.");
}

function showDelays(delays) {
  const alerts = delays?.counts.reduce((sum, number) => sum + number, 0) ?? 0;
  byId("delays").hidden = !alerts;
  byId("delays-empty").hidden = Boolean(alerts);
  if (!alerts) return setText(byId("delays-words"), "");
  const words = labels(delays);
  if (drawnEdges !== words.join() || !drawDelays) {
    drawDelays = histogram(byId("delays"), words, delays.counts);
    drawnEdges = words.join();
  } else drawDelays(delays.counts);
  const most = delays.counts.indexOf(Math.max(...delays.counts));
  setText(byId("delays-words"), `From payment to alert, of the last ${plural(alerts, "alert")}. Most took ${words[most]}.`);
}

/** Words for the bars: each counts up to its edge, the last one the rest. */
const labels = ({ edges_ms: edges, counts }) => counts.map((_, index) => (index < edges.length ? `≤ ${span(edges[index])}` : `> ${span(edges.at(-1))}`));
const span = (edge) => (edge < 1000 ? `${edge} ms` : `${edge / 1000} s`);
