// Shows the server's events and posts the buttons' requests. The page is three lists and needs no library.
"use strict";

const SHOWN = 20;
const byId = (id) => document.getElementById(id);
const titles = Object.fromEntries(
  [...document.querySelectorAll("[data-rule]")].map((count) => [count.dataset.rule, count.previousElementSibling.textContent]),
);
const PHASES = { history: "the first days, as fast as possible", over: "the scenario is over", failed: "FAILED, see the app's log" };

function cell(text, name) {
  const element = document.createElement("td");
  element.textContent = text;
  if (name) element.className = name;
  return element;
}

function clock(text) {
  return new Date(text).toLocaleTimeString();
}

function prepend(list, element) {
  list.prepend(element);
  while (list.children.length > SHOWN) list.lastElementChild.remove();
}

function showPayment(payment) {
  const row = document.createElement("tr");
  row.append(
    cell(payment.id), cell(payment.account_id), cell(payment.amount, "number"),
    cell(payment.ip_address), cell(clock(payment.received_at)),
  );
  prepend(byId("payment-rows"), row);
}

function showAlert(alert) {
  const item = document.createElement("li");
  const title = document.createElement("strong");
  title.textContent = `${titles[alert.rule_id] ?? alert.rule_id} · score ${alert.score}`;
  const reason = document.createElement("p");
  reason.textContent = `Account ${alert.ACCOUNT_ID}, payment ${alert.transaction_id}: ${alert.reason}`;
  const when = document.createElement("small");
  when.textContent = clock(alert.event_time) + (alert.delay_ms === null ? "" : `, seen after ${alert.delay_ms} ms`);
  item.append(title, reason, when);
  prepend(byId("alert-rows"), item);
}

function showState(state) {
  byId("payments").textContent = state.payments.toLocaleString();
  byId("rate").textContent = state.rate.toLocaleString();
  byId("alerts").textContent = state.alerts.toLocaleString();
  byId("delay").textContent = state.delay_p50_ms === null ? "–" : `${state.delay_p50_ms} ms`;
  for (const element of document.querySelectorAll("[data-rule]")) {
    element.textContent = (state.by_rule[element.dataset.rule] ?? 0).toLocaleString();
  }
  if (state.known) showKnown(state.known);
  if (state.scenario) showScenario(state.scenario);
  else showGenerator(state.generator, state.calm_rate);
}

function showGenerator(rate, calmRate) {
  if (calmRate !== null) byId("generator").max = Math.max(5, rate, Math.min(200, calmRate));
  if (document.activeElement !== byId("generator")) byId("generator").value = rate;
  byId("generator-value").textContent = rate;
}

function showScenario(scenario) {
  const words = scenario.phase === "live" ? `${scenario.speed.toLocaleString()} times as fast as the clock` : PHASES[scenario.phase];
  const behind = scenario.behind_seconds > 5 ? `; ${scenario.behind_seconds} s behind` : "";
  byId("scenario").textContent = `Simulated time: ${new Date(scenario.time).toLocaleString()} (${words}${behind})`;
}

function share(part, whole) {
  return whole ? `${part.toLocaleString()} of ${whole.toLocaleString()} (${(100 * part / whole).toFixed(1)} %)` : "–";
}

function showKnown(known) {
  byId("known").hidden = false;
  byId("known-words").textContent =
    `The outcome of ${known.payments.toLocaleString()} payments is known; ${known.frauds.toLocaleString()} of them were frauds.`;
  const rows = [["any rule", known], ...Object.entries(known.by_rule).map(([rule, found]) => [titles[rule] ?? rule, found])];
  byId("known-rows").replaceChildren(...rows.map(([name, found]) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    row.append(
      head, cell(found.alerts.toLocaleString(), "number"),
      cell(share(found.hits, found.alerts), "number"), cell(share(found.hits, known.frauds), "number"),
    );
    return row;
  }));
}

const show = { payment: (e) => showPayment(e.payment), alert: (e) => showAlert(e.alert), state: (e) => showState(e.state) };

function listen() {
  const source = new EventSource("events");
  source.onopen = () => {
    byId("connection").textContent = "Live";
    byId("alert-rows").replaceChildren();  // the server resends the latest ones
  };
  source.onerror = () => { byId("connection").textContent = "Connection lost, reconnecting…"; };
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    show[event.type]?.(event);
  };
}

async function post(address, body) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": document.body.dataset.token };
  const response = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer;
}

async function report(action) {
  try {
    byId("message").textContent = await action();
  } catch (error) {
    byId("message").textContent = `Failed: ${error.message}`;
  }
}

for (const button of document.querySelectorAll("[data-fraud]")) {
  button.addEventListener("click", () => report(async () => {
    const answer = await post(`api/frauds/${button.dataset.fraud}`, {});
    return `Committed: ${button.textContent.toLowerCase()}, ${answer.transactions.length} payment(s).`;
  }));
}
byId("generator")?.addEventListener("change", (event) => report(async () => {
  const answer = await post("api/generator", { rate: Number(event.target.value) });
  byId("generator-value").textContent = answer.rate;
  return answer.rate ? `Generating ${answer.rate} payments a second.` : "The generator is off.";
}));
listen();
