// The table of payments: the latest ones, or those that were searched for.

import { Refused, get } from "./ask.js";
import { amount, byId, count, el, moment, plural, setText } from "./dom.js";

const SHOWN = 30;
const REMEMBERED = 500; // ids, to show no payment twice
const TYPING_MS = 350;

const rows = byId("payment-rows");
const known = new Set();
let latest = []; // oldest first; a gap is {gap: words}
let searched = "";
let paused = false;
let unlisted = 0;
let gap = "";
let handlers = {};

/** `on`: severityOf(id) of a payment's alerts; trace(payment) and account(id) for clicks. */
export function start(on) {
  handlers = on;
  let timer = 0;
  byId("search").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, TYPING_MS);
  });
  byId("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    search();
  });
  byId("search-form").addEventListener("reset", () => setTimeout(search));
}

/** Takes new payments, oldest first; `skipped` ones were not sent. Returns how many were new. */
export function take(payments, skipped = 0) {
  const fresh = payments.filter((payment) => !known.has(payment.id));
  if (gap && payments.length && fresh.length === payments.length) add([{ gap }]);
  if (payments.length) gap = "";
  for (const payment of fresh) known.add(payment.id);
  while (known.size > REMEMBERED) known.delete(known.values().next().value);
  unlisted += skipped;
  add(fresh);
  return fresh.length;
}

/** Events were missed: unless the next rows include a known one, the list says in `words` that some may be missing. */
export function expectGap(words) {
  gap = latest.length ? words : "";
}

export function pause(on) {
  paused = on;
  if (!on && !searched) drawAll();
}

/** Shows again whether a payment has alerts. */
export function refresh(payment) {
  for (const row of rows.querySelectorAll(`tr[data-payment="${CSS.escape(payment)}"]`)) mark(row, payment);
}

function add(entries) {
  latest = [...latest, ...entries].slice(-SHOWN);
  if (paused || searched) return;
  for (const entry of entries.slice(-SHOWN)) rows.prepend(rowOf(entry));
  const focused = document.activeElement?.closest?.("tr");
  for (const row of [...rows.children].slice(SHOWN)) if (row !== focused) row.remove();
  describe();
}

function drawAll() {
  rows.replaceChildren(...latest.map(rowOf).reverse());
  describe();
}

function rowOf(payment) {
  if (payment.gap) return el("tr", { class: "gap" }, el("td", { colspan: 6 }, payment.gap));
  const link = (text, click) => el("td", {}, el("button", { type: "button", class: "link", click }, text));
  const row = el("tr", { "data-payment": payment.id },
    el("td", {}, el("time", { datetime: payment.received_at }, moment(payment.received_at))),
    link(payment.id, () => handlers.trace(payment)),
    link(payment.account_id, () => handlers.account(payment.account_id)),
    el("td", { class: "number" }, amount(payment.amount)),
    el("td", { class: "address" }, payment.ip_address),
    el("td", { class: "found" }));
  mark(row, payment.id);
  return row;
}

function mark(row, payment) {
  const found = handlers.severityOf(payment);
  const chip = found && el("span", { class: "chip", "data-severity": found.severity, title: found.words }, found.words);
  row.lastElementChild.replaceChildren(...(chip ? [chip] : []));
}

async function search() {
  const asked = (searched = byId("search").value.trim());
  byId("search-clear").hidden = !searched;
  if (!searched) return drawAll();
  setText(byId("payments-words"), "Searching…");
  try {
    const answer = await get(`api/payments?search=${encodeURIComponent(asked)}`);
    if (asked === searched) showFound(answer);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (asked !== searched) return;
    rows.replaceChildren();
    setText(byId("payments-words"), error.message);
  }
}

function showFound(answer) {
  rows.replaceChildren(...answer.payments.map(rowOf));
  byId("payments-empty").hidden = true;
  const where = answer.searched === "all" ? "all payments" : `the newest ${count(answer.searched)}`;
  setText(byId("payments-words"), `${plural(answer.payments.length, "payment")} found among ${where}. The list stands still while you search.`);
}

function describe() {
  byId("payments-empty").hidden = latest.length > 0;
  const more = unlisted ? ` Too many to list them all: ${count(unlisted)} passed unlisted.` : "";
  setText(byId("payments-words"), `The latest ${SHOWN}, newest first.${more}`);
}
