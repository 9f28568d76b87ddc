// The pipeline's parts, and in words what is wrong and what that means.

import { byId, duration, el, setText } from "./dom.js";

const WORDS = { ok: "works", idle: "idle", late: "late", down: "down", unknown: "unknown" };
const MEANING = {
  database: "No payment is written or shown until it answers. The app tries again by itself.",
  cdc: "Payments are written, and their alerts wait. Nothing is lost.",
  kafka: "Payments are written, and their alerts wait. Nothing is lost.",
  flink: "Payments reach Kafka and wait to be judged. Nothing is lost.",
  sink: "Alerts go on; this store gets its rows later.",
};
const strip = byId("health");
let wrong = [];

/** `health`: the parts of a state; a server without a watch of them sends none. */
export function show(health) {
  byId("pipeline").hidden = !health?.length;
  wrong = (health ?? []).filter((part) => part.status === "late" || part.status === "down");
  for (const part of health ?? []) {
    const item = strip.querySelector(`[data-part="${CSS.escape(part.part)}"]`) ?? strip.appendChild(made(part));
    item.dataset.status = part.status;
    setText(item.querySelector(".state"), WORDS[part.status] ?? part.status);
    setText(item.querySelector(".age"), part.age_seconds === null ? "no event yet" : `${duration(part.age_seconds)} ago`);
    item.title = part.words ?? "";
  }
  return wrong.length > 0;
}

/** What is wrong, as paragraphs for the notice. */
export function troubles() {
  return wrong.map((part) => {
    const meaning = MEANING[part.part.split(":")[0]] ?? "";
    return el("p", {}, el("strong", {}, `${part.title} is ${WORDS[part.status]}`), part.words ? `: ${part.words}. ` : ". ", meaning);
  });
}

function made(part) {
  return el("li", { "data-part": part.part },
    el("span", { class: "dot", "aria-hidden": "true" }),
    el("span", { class: "name" }, part.title),
    el("span", { class: "line quiet" }, el("span", { class: "state" }), " · ", el("span", { class: "age" })));
}
