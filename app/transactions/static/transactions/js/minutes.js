// The last 15 minutes: payments and alerts for each 5 seconds. The server's history first, then what its states add.

const BUCKETS = 180;

export class Minutes {
  #seconds = 5;
  #clock = 0; // the server's clock less this one's, in seconds
  #buckets = new Map(); // by number: [payments, alerts]
  #totals = null;
  #since = Infinity;

  /** Takes the answer of /api/history and forgets what was counted here. */
  begin(history) {
    this.#seconds = history.seconds;
    this.#clock = history.now - Date.now() / 1000;
    this.#since = history.from / this.#seconds;
    this.#totals = null;
    this.#buckets = new Map(history.payments.map((payments, index) => [this.#since + index, [payments, history.alerts[index]]]));
  }

  /** Takes a state's totals. The first ones only say from where to count. */
  add({ payments, alerts }) {
    const before = this.#totals;
    this.#totals = { payments, alerts };
    if (!before) return;
    const bucket = this.#buckets.get(this.#now()) ?? [0, 0];
    bucket[0] += Math.max(0, payments - before.payments);
    bucket[1] += Math.max(0, alerts - before.alerts);
    this.#buckets.set(this.#now(), bucket);
    for (const number of this.#buckets.keys()) if (number <= this.#now() - BUCKETS) this.#buckets.delete(number);
  }

  /** Times, payments a second, and alerts, for the chart; null where nothing is known. The present bucket is not over. */
  series() {
    const numbers = Array.from({ length: BUCKETS }, (_, index) => this.#now() - BUCKETS + index);
    const of = (index) => numbers.map((number) => (number < this.#since ? null : (this.#buckets.get(number)?.[index] ?? 0)));
    return [numbers.map((number) => number * this.#seconds), of(0).map((payments) => (payments === null ? null : payments / this.#seconds)), of(1)];
  }

  /** Payments and alerts of the last so many minutes. */
  sums(minutes) {
    const from = this.#now() - (minutes * 60) / this.#seconds;
    const recent = [...this.#buckets.entries()].filter(([number]) => number > from).map(([, bucket]) => bucket);
    return { payments: recent.reduce((sum, [payments]) => sum + payments, 0), alerts: recent.reduce((sum, [, alerts]) => sum + alerts, 0) };
  }

  #now() {
    return Math.floor((Date.now() / 1000 + this.#clock) / this.#seconds);
  }
}
