/** Which sentences are shown: one choice a task. Abstentions are a choice of their own, and no label's. */

import { heading } from "./codebook.js";
import { element } from "./dom.js";

const ALL = "";
const ABSTAINED = "?abstained";

/** Selects for every task, the last of the codebook first (holder, frame, stance). */
export class Filters {
  constructor(root, changed) {
    this.root = root;
    this.selects = new Map();
    root.addEventListener("change", changed);
  }

  /** Offer what occurs in `records`, with how often. */
  offer(records, codebook) {
    this.selects.clear();
    this.root.replaceChildren(
      ...codebook.tasks.toReversed().map((task) => {
        const select = element("select", { id: `filter-${task.name}` }, ...choices(task, records));
        this.selects.set(task.name, select);
        return element("div", {}, element("label", { for: select.id }, heading(task.name)), select);
      }),
    );
  }

  /** True where anything is filtered. */
  get active() {
    return [...this.selects.values()].some((select) => select.value !== ALL);
  }

  /** Show everything. */
  clear() {
    for (const select of this.selects.values()) select.value = ALL;
  }

  /** Whether `record` is to be shown. */
  matches(record) {
    return [...this.selects].every(([task, select]) => {
      const found = record[task];
      return select.value === ALL || select.value === (found.abstained ? ABSTAINED : found.label);
    });
  }
}

function choices(task, records) {
  const count = new Map();
  for (const record of records) {
    const found = record[task.name];
    const key = found.abstained ? ABSTAINED : found.label;
    count.set(key, (count.get(key) ?? 0) + 1);
  }
  const offered = task.labels.filter((label) => count.has(label.name));
  return [
    element("option", { value: ALL }, "all"),
    ...offered.map((label) => element("option", { value: label.name }, `${label.title} (${count.get(label.name)})`)),
    ...(count.has(ABSTAINED) ? [element("option", { value: ABSTAINED }, `abstained (${count.get(ABSTAINED)})`)] : []),
  ];
}
