// Requests to the server's JSON endpoints.

export class Refused extends Error {
  /** `status` 0: the server was not reached. */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export const get = (address) => ask(address, {});

export function post(address, body) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": document.body.dataset.token };
  return ask(address, { method: "POST", headers, body: JSON.stringify(body) });
}

async function ask(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Refused(0, "The server cannot be reached.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer.detail ?? `The server answered ${response.status}.`);
  return answer;
}
