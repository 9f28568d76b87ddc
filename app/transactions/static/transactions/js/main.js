// Joins the parts of the page: events come in from the stream and go to the lists, figures and charts.

import * as account from "./account.js";
import { redrawOnNewColours } from "./charts.js";
import * as controls from "./controls.js";
import { byId, clock, el, plural, setText } from "./dom.js";
import * as episodes from "./episodes.js";
import * as figures from "./figures.js";
import * as health from "./health.js";
import * as payments from "./payments.js";
import { Stream } from "./stream.js";
import * as trace from "./trace.js";

const WORDS = { connecting: "Connecting…", live: "Live", degraded: "Live, degraded", lost: "Connection lost" };
let status = { state: "connecting" };
let degraded = false;
let paused = false;
let waiting = { payments: 0, alerts: 0 };
let lostSince = null;

const events = {
  snapshot: async ({ state, payments: rows, alerts, gap }) => {
    if (gap) {
      const when = lostSince === null ? "This page was too slow" : `Connection lost from ${clock(lostSince)} to ${clock(Date.now())}`;
      const words = `${when}: some may be missing here.`;
      payments.expectGap(words);
      episodes.expectGap(words);
    }
    takePayments({ rows });
    takeAlerts({ rows: alerts });
    await figures.restart();
    takeState(state);
    figures.tick();
  },
  state: takeState,
  payments: takePayments,
  alerts: takeAlerts,
  end: () => {},
};

function takeState(state) {
  lostSince = null;
  figures.show(state);
  controls.show(state);
  degraded = health.show(state.health);
  showStatus();
}

function takePayments({ rows, skipped = 0 }) {
  const fresh = payments.take(rows, skipped);
  if (paused) wait("payments", fresh + skipped);
  trace.highlight();
}

function takeAlerts({ rows, skipped = 0 }) {
  const fresh = episodes.take(rows, skipped);
  if (paused) wait("alerts", fresh.length + skipped);
  for (const payment of new Set(fresh.map((alert) => alert.transaction_id))) {
    payments.refresh(payment);
    trace.refresh(payment);
  }
  controls.alerted(fresh);
  trace.highlight();
}

function wait(kind, more) {
  waiting[kind] += more;
  setText(byId("pause-words"), `${plural(waiting.payments, "payment")} and ${plural(waiting.alerts, "alert")} wait`);
}

function setPaused(on) {
  paused = on;
  waiting = { payments: 0, alerts: 0 };
  byId("pause").setAttribute("aria-pressed", String(on));
  setText(byId("pause"), on ? "Resume the lists" : "Pause the lists");
  setText(byId("pause-words"), on ? "Nothing waits yet" : "");
  payments.pause(on);
  episodes.pause(on);
  trace.highlight();
}

function showStatus() {
  const shown = status.state === "live" && degraded ? "degraded" : status.state;
  const since = status.state === "lost" ? ` since ${clock(status.lostAt)}` : "";
  document.body.dataset.status = shown;
  setText(byId("connection"), WORDS[shown] + since);
  const notice = byId("notice");
  const content = status.state === "lost" ? lost() : shown === "degraded" ? health.troubles() : [];
  const words = content.map((part) => part.textContent).join(" ");
  if (notice.dataset.words === words) return;
  notice.dataset.words = words;
  notice.hidden = !content.length;
  notice.replaceChildren(...content);
}

function lost() {
  return [
    el("p", {}, el("strong", {}, `Connection lost since ${clock(status.lostAt)}. `), `${status.reason} What you see is from before; it is tried again by itself.`),
    el("button", { type: "button", click: () => stream.retryNow() }, "Try now"),
  ];
}

function takeStatus(next) {
  lostSince = status.state === "lost" ? status.lostAt : null;
  status = next;
  showStatus();
}

const stream = new Stream("events", (name, data) => events[name]?.(data), takeStatus);
const openTrace = (payment) => { trace.trace(payment); byId("trace").scrollIntoView({ block: "nearest" }); };

episodes.start({
  rules: Object.fromEntries([...document.querySelectorAll("#rules tr[data-rule]")].map((row) => [row.dataset.rule, row.querySelector("th").textContent])),
  episodeHours: Number(document.body.dataset.episodeHours),
  on: { trace: openTrace, account: account.open, verdict: controls.verdict },
});
payments.start({ severityOf: episodes.severityOf, trace: openTrace, account: account.open });
trace.start(account.open);
account.start(openTrace);
controls.start();
redrawOnNewColours();
byId("pause").addEventListener("click", () => setPaused(!paused));
setInterval(figures.tick, 1000);
figures.tick();
stream.start();
