// The generator's rate, the scenario's state, the buttons that commit frauds, and verdicts.

import { Refused, post } from "./ask.js";
import { byId, duration, el, milliseconds, moment, plural, setText } from "./dom.js";
import { title } from "./episodes.js";

const PHASES = { history: "the first days, as fast as possible", over: "the scenario is over", failed: "FAILED, see the app's log" };
const STEP = 5;
const STATE_PATIENCE = 2000; // ms
const message = byId("message");
const slider = byId("generator");
const committed = new Map(); // when, by payment: to tell how long its alert took
let dragging = false;
let wanted = null; // the rate that was asked for, until a state shows it
let asking = false;
let waitUntil = 0; // for that state, which may have left the server before the rate changed
let calm = null;
let alive = true;

export function start() {
  for (const button of document.querySelectorAll("[data-fraud]")) button.addEventListener("click", () => commit(button));
  slider?.addEventListener("input", () => { dragging = true; showRate(Number(slider.value)); });
  slider?.addEventListener("change", () => { dragging = false; wanted = Number(slider.value); setRate(); });
}

export function show(state) {
  if (state.scenario) return showScenario(state.scenario);
  calm = state.calm_rate;
  alive = state.generator_alive ?? true;
  if (dragging || asking || !slider) return;
  if (wanted !== null && wanted !== state.generator && performance.now() < waitUntil) return;
  wanted = null;
  const most = Math.max(50, Math.min(200, (calm ?? 0) * 1.5), state.generator);
  slider.max = Math.min(state.most_rate, Math.ceil(most / STEP) * STEP);
  slider.value = state.generator;
  showRate(state.generator);
}

/** Tells the message when the alert of a committed fraud arrives. */
export function alerted(alerts) {
  for (const alert of alerts) {
    const at = committed.get(alert.transaction_id);
    if (at === undefined) continue;
    committed.delete(alert.transaction_id);
    say(`Found: ${title(alert.rule_id)}, payment ${alert.transaction_id}, ${milliseconds(performance.now() - at)} after the click.`);
  }
}

export async function verdict(payment, isFraud, button) {
  const group = button.parentElement;
  await report(async () => {
    await post("api/verdicts", { transaction_id: payment, is_fraud: isFraud });
    for (const other of group.children) other.setAttribute("aria-pressed", String(other === button));
    return `Outcome written: payment ${payment} was ${isFraud ? "a fraud" : "genuine"}. Precision, recall and the score take it into account.`;
  });
}

async function commit(button) {
  const name = button.dataset.title;
  const clicked = performance.now();
  button.disabled = true;
  await report(async () => {
    const answer = await post(`api/frauds/${button.dataset.fraud}`, {});
    for (const payment of answer.transactions) committed.set(payment, clicked);
    while (committed.size > 1000) committed.delete(committed.keys().next().value);
    return `Committed: ${name}, ${plural(answer.transactions.length, "payment")} by account ${answer.account}. Its alert follows.`;
  });
  button.disabled = false;
  button.focus();
}

/** One request after the other: two at once could overtake each other, and the last one must win. */
async function setRate() {
  if (asking) return;
  asking = true;
  try {
    let asked = null;
    while (asked !== wanted) {
      asked = wanted;
      await report(async () => {
        const { rate } = await post("api/generator", { rate: asked });
        waitUntil = performance.now() + STATE_PATIENCE;
        return rate ? `Generating ${rate} payments a second.` : "The generator is off.";
      });
    }
  } finally {
    asking = false;
  }
}

async function report(action) {
  try {
    say(await action());
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(error.message, error.status === 401 || error.status === 403);
  }
}

function say(words, needsLogin = false) {
  const address = document.body.dataset.login;
  message.replaceChildren(words, ...(needsLogin && address ? [" ", el("a", { href: address }, "Sign in")] : []));
}

function showRate(rate) {
  setText(byId("generator-value"), rate);
  slider.setAttribute("aria-valuetext", `${rate} payments a second`);
  if (calm === null) return;
  byId("rate-safe").classList.toggle("warning", rate > calm || !alive);
  if (!alive) return setText(byId("rate-safe"), "The generator does not run: see the app's log.");
  const safe = Math.min(100, (100 * calm) / Number(slider.max));
  slider.style.setProperty("--safe", `${safe}%`);
  setText(byId("rate-safe"), rate > calm
    ? `Above ${calm} a second each account pays so often that usual payments look like bursts: expect false alerts.`
    : `Safe up to ${calm} a second: no account pays often enough to look like a burst.`);
}

function showScenario(scenario) {
  const words = scenario.phase === "live" ? `${scenario.speed.toLocaleString("en-GB")} times as fast as the clock` : PHASES[scenario.phase];
  setText(byId("scenario-time"), moment(scenario.time));
  setText(byId("scenario-words"), `${words}${scenario.behind_seconds > 5 ? `; ${duration(scenario.behind_seconds)} behind` : ""}`);
}
