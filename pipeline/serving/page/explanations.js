/** Which words carried a decision: asked for one sentence at a time, when the reader stays with it, and remembered. */

const PATIENCE = 150;

export class Explanations {
  constructor(api) {
    this.api = api;
    this.forget();
  }

  /** Start anew, for another text. */
  forget() {
    this.pending?.abort();
    this.asked = new Map();
  }

  /** The explanation of the record at `index`. Rejects with AbortError where another is asked for meanwhile. */
  of(records, index) {
    if (!this.asked.has(index)) {
      this.pending?.abort();
      this.pending = new AbortController();
      const { asked } = this;
      const answer = this.#ask(records, index, this.pending.signal);
      asked.set(index, answer);
      answer.catch(() => asked.delete(index));
    }
    return this.asked.get(index);
  }

  async #ask(records, index, signal) {
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    signal.throwIfAborted();
    // Models that were trained with context read what stands before; others leave it alone.
    const context = index > 0 && records[index].document !== null ? records[index - 1].text : "";
    const { text, target } = records[index];
    const answer = await this.api.classify({ text, context, explain: true, ...(target && { target }) }, signal);
    return answer.predictions[0].explanation;
  }
}
