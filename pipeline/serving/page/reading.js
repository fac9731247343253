/** The text: sentences in reading order, coloured, with the frame named; pointed at, walked through, chosen. */

import { labelOf } from "./codebook.js";
import { element, spoken } from "./dom.js";
import { paragraphs } from "./passages.js";

const PATIENCE = 120;
const LONG = 200;
const NOTHING = "none";

/**
 * One list box with one tab stop, however long the text is: arrow keys move, Enter opens, Escape lets go.
 *
 * `look(index)` is called for a sentence that is pointed at or moved to, `choose(index)` for one that is clicked,
 * tapped or entered, `release()` on Escape. While a sentence is held, pointing at others changes nothing.
 */
export class Reading {
  constructor(root, { look, choose, release }) {
    this.root = root;
    this.look = look;
    this.choose = choose;
    this.release = release;
    this.held = null;
    this.options = [];
    this.timer = 0;
    this.pointer = [null, null];
    root.addEventListener("pointerover", (event) => this.#point(event));
    root.addEventListener("pointerleave", () => clearTimeout(this.timer));
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("focusin", (event) => this.#focus(event));
  }

  /** Show `records`; `text` is what their offsets count in, or null. Returns how many stretches were left out. */
  show(records, text, codebook) {
    this.options = records.map((record, index) => sentence(record, index, codebook));
    this.held = null;
    this.root.classList.toggle("long", records.length > LONG);
    this.root.replaceChildren(
      ...paragraphs(records, text).map((paragraph) => {
        const node = element("div", { class: "paragraph", role: "presentation" });
        if (paragraph.page !== null) {
          node.append(element("span", { class: "page", "aria-hidden": "true" }, `p. ${paragraph.page}`));
        }
        for (const part of paragraph.parts) node.append(this.#part(part), " ");
        return node;
      }),
    );
    this.#activate(this.options[0]);
    return this.root.querySelectorAll(".skipped").length;
  }

  /** Show only the sentences whose records `matches`; `alone` sets each on a line of its own. */
  filter(records, matches, alone) {
    this.root.classList.toggle("alone", alone);
    records.forEach((record, index) => {
      this.options[index].hidden = !matches(record);
    });
    for (const node of this.root.children) node.hidden = !node.querySelector("[role=option]:not([hidden])") && alone;
    const active = this.options.find((option) => option.tabIndex === 0);
    if (active?.hidden) this.#activate(this.options.find((option) => !option.hidden) ?? active);
  }

  /** Hold the sentence at `index`, null: none. */
  hold(index) {
    if (this.held !== null) this.options[this.held].classList.remove("held");
    this.held = index;
    if (index === null) return;
    this.options[index].classList.add("held");
    this.#activate(this.options[index]);
    this.options[index].scrollIntoView({ block: "nearest" });
  }

  /** Bring the keyboard back to the sentence it left. */
  focus() {
    this.options.find((option) => option.tabIndex === 0)?.focus();
  }

  #part(part) {
    if (part.index !== undefined) return this.options[part.index];
    return element("span", { class: "skipped", "aria-hidden": "true", title: "left out" }, part.skipped);
  }

  #activate(option) {
    for (const other of this.root.querySelectorAll("[tabindex='0']")) {
      other.tabIndex = -1;
      other.setAttribute("aria-selected", "false");
    }
    if (!option) return;
    option.tabIndex = 0;
    option.setAttribute("aria-selected", "true");
  }

  #point(event) {
    const [x, y] = this.pointer;
    this.pointer = [event.screenX, event.screenY];
    // The text that moves under a resting pointer, since the keyboard scrolls it, is not pointed at.
    if (event.screenX === x && event.screenY === y) return;
    clearTimeout(this.timer);
    const option = event.target.closest("[role=option]");
    if (!option || event.pointerType === "touch" || this.held !== null) return;
    this.timer = setTimeout(() => this.held === null && this.look(Number(option.dataset.index)), PATIENCE);
  }

  #click(event) {
    const option = event.target.closest("[role=option]");
    if (!option || !getSelection().isCollapsed) return;
    this.choose(Number(option.dataset.index), false);
  }

  #focus(event) {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    this.#activate(option);
    if (this.held === null) this.look(Number(option.dataset.index));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const shown = this.options.filter((option) => !option.hidden);
    const at = shown.indexOf(event.target);
    const moves = {
      ArrowDown: at + 1,
      ArrowRight: at + 1,
      ArrowUp: at - 1,
      ArrowLeft: at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: shown.length - 1,
    };
    if (at >= 0 && event.key in moves) {
      if (this.held !== null) this.release();
      shown[Math.max(0, Math.min(shown.length - 1, moves[event.key]))].focus();
    } else if (at >= 0 && (event.key === "Enter" || event.key === " ")) {
      this.choose(Number(event.target.dataset.index), true);
    } else if (event.key === "Escape") {
      this.release();
    } else {
      return;
    }
    event.preventDefault();
  }
}

function sentence(record, index, codebook) {
  const { coloured, named } = codebook;
  const label = labelOf(coloured, record);
  const unsure = record[coloured.name].abstained;
  const heard = codebook.tasks.map((task) => {
    const found = labelOf(task, record).title;
    return record[task.name].abstained ? `${task.title} abstained, perhaps ${found}` : `${task.title} ${found}`;
  });
  return element(
    "span",
    {
      role: "option",
      class: `sentence tone-${label.tone}${unsure ? " unsure" : ""}`,
      "data-index": index,
      tabindex: -1,
      "aria-selected": "false",
    },
    element("span", { class: "words", dir: "auto" }, record.text),
    "\u00a0",
    element("span", { class: "tag", "aria-hidden": "true" }, unsure ? "?" : "", label.sign, nameOf(named, record)),
    spoken(` (${heard.join(", ")})`),
  );
}

/** The label of `named` as it stands beside a sentence; nothing for the label that says so itself. */
function nameOf(named, record) {
  if (named === null) return null;
  const found = record[named.name];
  const label = labelOf(named, record);
  if (found.abstained) return element("i", {}, ` ${label.title}?`);
  return label.name === NOTHING ? null : ` ${label.title}`;
}
