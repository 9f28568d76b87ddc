// Links a payment, the rules that it broke and its alerts: a click on one highlights all three.

import { amount, byId, el, milliseconds, severity } from "./dom.js";
import { alertsOf, title } from "./episodes.js";

const strip = byId("trace");
let traced = null;
let onAccount = () => {};

export function start(account) {
  onAccount = account;
}

export function trace(payment) {
  traced = payment;
  const alerts = alertsOf(payment.id);
  strip.hidden = false;
  strip.replaceChildren(
    step("Payment", el("strong", {}, payment.id), ` · ${amount(payment.amount)} by `,
      el("button", { type: "button", class: "link", click: () => onAccount(payment.account_id) }, `account ${payment.account_id}`)),
    ...(alerts.length ? alerts.flatMap(steps) : [arrow(), step("Alert", "none: it broke no rule that this page knows of")]),
    el("button", { type: "button", class: "plain", click: clear, "aria-label": "Close the trace" }, "Close"));
  highlight();
}

/** Draws it again when its payment got another alert. */
export function refresh(payment) {
  if (traced?.id === payment) trace(traced);
}

/** Marks what belongs to the traced payment; called after lists have changed, too. */
export function highlight() {
  const rules = new Set(traced ? alertsOf(traced.id).map((alert) => alert.rule_id) : []);
  for (const item of document.querySelectorAll("[data-payment]")) item.classList.toggle("traced", traced !== null && item.dataset.payment === String(traced.id));
  for (const item of document.querySelectorAll("#rules tr[data-rule]")) item.classList.toggle("traced", rules.has(item.dataset.rule));
}

function clear() {
  traced = null;
  strip.hidden = true;
  highlight();
}

function steps(alert) {
  const after = alert.delay_ms === null || alert.delay_ms === undefined ? "" : `, after ${milliseconds(alert.delay_ms)}`;
  return [arrow(), step("Rule", title(alert.rule_id)), arrow(),
    step("Alert", el("span", { class: "chip", "data-severity": severity(alert.score) }, `score ${alert.score}`), after)];
}

const arrow = () => el("span", { class: "arrow", "aria-hidden": "true" }, "→");
const step = (name, ...content) => el("span", { class: "step" }, el("span", { class: "quiet" }, `${name} `), ...content);
