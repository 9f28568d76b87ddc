// The panel of one account: its payments over time against its usual amount, alerts, devices and payees.

import { Refused, get } from "./ask.js";
import { timeline } from "./charts.js";
import { amount, byId, count, day, el, moment, plural, severity } from "./dom.js";
import { title } from "./episodes.js";

const PAGE = 50;
const panel = byId("account");
const content = byId("account-content");
let current = null;
let onTrace = () => {};

export function start(trace) {
  onTrace = trace;
  byId("account-close").addEventListener("click", () => panel.close());
  panel.addEventListener("close", () => { current = null; });
  panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); }); // beside it
}

export async function open(number) {
  current = number;
  byId("account-title").textContent = `Account ${number}`;
  content.replaceChildren(el("p", { class: "quiet" }, "Loading…"));
  if (!panel.open) panel.showModal();
  await load(number);
}

async function load(number) {
  try {
    const found = await get(`api/accounts/${number}?limit=${PAGE}`);
    if (current === number) draw(found);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (current === number) {
      content.replaceChildren(
        el("p", { role: "alert" }, error.message),
        el("button", { type: "button", click: () => load(number) }, "Try again"));
    }
  }
}

function draw(account) {
  const { totals, usual, payments } = account;
  const more = totals.more ? "more than " : "";
  const chart = el("div", { class: "chart" });
  const rows = el("tbody", {}, ...payments.map((payment) => rowOf(payment, account)));
  const parts = [
    el("p", { class: "quiet" }, `${account.name}, a customer since ${day(account.joined)}`),
    el("dl", { class: "figures small" },
      figure("Payments", more + count(totals.payments)),
      figure("Paid in total", more + amount(totals.amount)),
      figure("Usual amount", usual ? amount(usual.amount) : "–", usual ? `median of ${plural(usual.purchases, "purchase")}` : "known after three purchases"),
      figure("Alerts", count(account.alerts.length), "among the latest")),
    chart,
    payments.length ? legend(usual) : null,
    alertList(account.alerts),
    known("Devices", account.devices), known("Payees", account.payees), known("Terminals", account.terminals),
    el("h3", {}, "Payments"),
    payments.length ? table(rows) : el("p", { class: "quiet" }, "This account has not paid yet."),
    older(account, rows),
  ];
  content.replaceChildren(...parts.filter(Boolean));
  if (payments.length) timeline(chart, payments, usual ? Number(usual.amount) : null, new Set(account.alerts.map((alert) => alert.transaction_id)));
}

function legend(usual) {
  return el("p", { class: "legend" }, el("span", { class: "key" }, "Payments"), el("span", { class: "key alerts" }, "With an alert"),
    usual ? el("span", { class: "key usual" }, "Usual amount") : null);
}

function figure(name, value, words) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value), words ? el("dd", { class: "note" }, words) : null);
}

function alertList(alerts) {
  if (!alerts.length) return el("p", { class: "quiet" }, "None of the latest alerts is about this account.");
  return el("div", {}, el("h3", {}, "Alerts"),
    el("ul", { class: "plain-list" }, ...alerts.slice(0, 20).map((alert) => el("li", {},
      el("span", { class: "chip", "data-severity": severity(alert.score) }, `score ${alert.score}`), " ",
      el("span", { class: "rule" }, title(alert.rule_id)), `: ${alert.reason}`))));
}

function known(name, values) {
  if (!values.length) return null;
  return el("div", { class: "known" }, el("h3", {}, name),
    el("ul", { class: "tags" }, ...values.map((one) => el("li", {}, `${one.value} `,
      el("span", { class: "quiet" }, `${plural(one.payments, "payment")}, since ${moment(one.first)}`)))));
}

function table(rows) {
  const head = (name, number) => el("th", { scope: "col", class: number && "number" }, name);
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Payments of the account" },
    el("table", {}, el("thead", {}, el("tr", {},
      head("Time"), head("Payment"), head("Amount", true), head("Times usual", true), head("Address"), head("Device"), head("Payee"), head("Known as"))), rows));
}

function rowOf(payment, account) {
  const times = account.usual && payment.payee_account_id === null ? `${(payment.amount / account.usual.amount).toFixed(1)} ×` : "–";
  const outcome = account.outcomes[payment.id];
  const trace = () => { panel.close(); onTrace(payment); };
  return el("tr", {},
    el("td", {}, moment(payment.received_at)),
    el("td", {}, el("button", { type: "button", class: "link", click: trace }, payment.id)),
    el("td", { class: "number" }, amount(payment.amount)),
    el("td", { class: "number" }, times),
    el("td", {}, payment.ip_address),
    el("td", {}, payment.device_id ?? "–"),
    el("td", {}, payment.payee_account_id ?? "–"),
    el("td", {}, outcome === undefined ? "–" : el("span", { class: "chip", "data-severity": outcome ? "high" : "none" }, outcome ? "fraud" : "genuine")));
}

function older(account, rows) {
  if (account.next === null) return null;
  let next = account.next;
  const words = el("span", { role: "status" });
  const button = el("button", { type: "button", click: async () => {
    try {
      const found = await get(`api/accounts/${account.id}?limit=${PAGE}&before=${next}`);
      rows.append(...found.payments.map((payment) => rowOf(payment, { ...account, outcomes: found.outcomes })));
      next = found.next;
      words.textContent = ` ${plural(rows.children.length, "payment")} listed`;
      if (next === null) button.remove();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      words.textContent = ` ${error.message}`;
    }
  } }, "Show older payments");
  return el("p", {}, button, words);
}
