// Server-sent events over fetch. EventSource would end for good on a 503, cannot tell why it failed, and does not notice
// a connection that has died silently.

const SILENCE_MS = 25_000; // the server says something every 10 seconds
const LONGEST_PAUSE_MS = 15_000;

export class Stream {
  #address; #onEvent; #onStatus;
  #lastId = "";
  #pause = 1_000;
  #failures = 0;
  #lostAt = null;
  #abort = null;
  #timer = 0;

  /** `onEvent(name, data)`; `onStatus({state, lostAt, retryAt, reason})` with the state connecting, live or lost. */
  constructor(address, onEvent, onStatus) {
    this.#address = address;
    this.#onEvent = onEvent;
    this.#onStatus = onStatus;
    window.addEventListener("online", () => this.retryNow());
    window.addEventListener("pagehide", () => this.#abort?.abort());
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.#connect(); });
  }

  start() {
    this.#onStatus({ state: "connecting" });
    this.#connect();
  }

  retryNow() {
    if (this.#lostAt === null) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  async #connect() {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    let failure = { reason: "The server closed the connection." };
    try {
      failure = (await this.#read(abort)) ?? failure;
    } catch {
      failure = { reason: "The server cannot be reached." };
    }
    if (this.#abort === abort) this.#lost(failure);
  }

  async #read(abort) {
    const headers = { Accept: "text/event-stream" };
    if (this.#lastId) headers["Last-Event-ID"] = this.#lastId;
    const quiet = watchdog(() => abort.abort());
    try {
      const response = await fetch(this.#address, { headers, cache: "no-store", signal: abort.signal });
      if (!response.ok) return await refusal(response);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parse = parser((event) => this.#take(event));
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return null;
        quiet.heard();
        parse(value);
      }
    } finally {
      quiet.stop();
    }
  }

  #take({ name, data, id, retry }) {
    if (retry) this.#pause = retry;
    if (!name) return;
    if (this.#lostAt !== null || this.#failures || !this.#lastId) this.#onStatus({ state: "live" });
    this.#lostAt = null;
    this.#failures = 0;
    this.#onEvent(name, JSON.parse(data));
    this.#lastId = id || this.#lastId; // only what was shown counts as received
  }

  #lost({ reason, seconds }) {
    this.#lostAt ??= Date.now();
    const backoff = Math.min(LONGEST_PAUSE_MS, this.#pause * 1.7 ** this.#failures);
    this.#failures += 1;
    const pause = seconds ? seconds * 1000 : backoff * (0.75 + Math.random() / 2); // not all browsers at once
    this.#onStatus({ state: "lost", lostAt: this.#lostAt, retryAt: Date.now() + pause, reason });
    this.#timer = setTimeout(() => this.#connect(), pause);
  }
}

async function refusal(response) {
  const answer = await response.json().catch(() => ({}));
  return { reason: answer.detail ?? `The server answered ${response.status}.`, seconds: Number(response.headers.get("Retry-After")) };
}

function watchdog(bite) {
  let timer = setTimeout(bite, SILENCE_MS);
  const stop = () => clearTimeout(timer);
  return { stop, heard: () => { stop(); timer = setTimeout(bite, SILENCE_MS); } };
}

/** Feeds chunks of text; calls `take` with {name, data, id, retry} for each event. */
export function parser(take) {
  let rest = "";
  let event = {};
  return (chunk) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (event.data !== undefined || event.retry) take(event);
        event = {};
        continue;
      }
      const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
      if (field === "event") event.name = value;
      else if (field === "data") event.data = event.data === undefined ? value : `${event.data}\n${value}`;
      else if (field === "id") event.id = value;
      else if (field === "retry") event.retry = Number(value);
    }
  };
}
