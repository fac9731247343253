/** The server, and what its refusals mean for the reader. */

const WAIT = "Wait a little, then classify again. Your text is still here.";
const ADVICE = {
  401: ["The server asks for a key", "Enter the key that its operator gave you below."],
  413: ["The text is too large for this server", "Cut it into parts, or use stance classify --input FILE."],
  422: ["The server cannot use this text", "Change it, then classify again. Long documents can be cut into parts."],
  429: ["The server has too much to do", WAIT],
  503: ["The server is busy or shutting down", WAIT],
};
const LOST = ["The server cannot be reached", `Check the network and that stance serve still runs. ${WAIT}`];
const UNKNOWN = ["The server failed", "Classify again; if it fails again, its log says why."];

/** A refusal in words: what happened, what the server said, and what to do. */
export class Refusal extends Error {
  constructor([title, advice], said, status) {
    super(title);
    this.advice = advice;
    this.said = said;
    this.status = status;
  }
}

/** Asks the server; `key` is sent along where it is set. */
export class Api {
  constructor() {
    this.key = "";
    this.largest = Infinity;
  }

  /** Labels, definitions, tiers, thresholds and limits. */
  async model() {
    const model = await this.#ask("v1/model", {});
    this.largest = model.limits.body_bytes;
    return model;
  }

  /** Records for the body of `POST /v1/classify`; an aborted `signal` raises AbortError. */
  async classify(request, signal) {
    const body = new Blob([JSON.stringify(request)]);
    // A server that refuses a body may hang up while it is being sent, which would look like a lost network.
    if (body.size > this.largest) {
      const said = `It has ${body.size.toLocaleString("en")} bytes, of at most ${this.largest.toLocaleString("en")}.`;
      throw new Refusal(ADVICE[413], said, 413);
    }
    return this.#ask("v1/classify", { method: "POST", headers: { "Content-Type": "application/json" }, body, signal });
  }

  async #ask(path, options) {
    const headers = { ...options.headers, ...(this.key ? { Authorization: `Bearer ${this.key}` } : {}) };
    let answer;
    try {
      answer = await fetch(path, { ...options, headers });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refusal(LOST, "", 0);
    }
    const content = await answer.json().catch(() => null);
    if (!answer.ok) throw new Refusal(ADVICE[answer.status] ?? UNKNOWN, content?.detail ?? "", answer.status);
    if (content === null) throw new Refusal(UNKNOWN, "The answer is no JSON.", answer.status);
    return content;
  }
}
