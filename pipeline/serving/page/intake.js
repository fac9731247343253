/** Where a text comes in: pasted, dropped, chosen, or the example. */

import { EXAMPLE } from "./example.js";

const TEXTS = [".txt", ".text"];
const DOCUMENTS = [...TEXTS, ".html", ".htm", ".pdf"];
/** Characters beyond which a text box slows the browser down. */
const EDITABLE = 500_000;

/**
 * The form. `submit()` is called to classify what it holds, `complain(title, advice)` where a file cannot be taken.
 *
 * A text file in UTF-8 is put into the box, where it can be changed, unless it is very long; every other file goes to
 * the server as it is.
 */
export class Intake {
  constructor(form, { submit, complain }) {
    this.form = form;
    this.text = form.querySelector("#text");
    this.kept = form.querySelector("#kept");
    this.targets = form.querySelector("#target");
    this.file = null;
    this.complain = complain;
    const chooser = form.querySelector("#file");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
    });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    form.querySelector("#choose").addEventListener("click", () => chooser.click());
    form.querySelector("#example").addEventListener("click", () => this.#take(EXAMPLE));
    form.querySelector("#drop").addEventListener("click", () => {
      this.#keep("", null);
      this.text.focus();
    });
    chooser.addEventListener("change", () => {
      if (chooser.files.length > 0) this.#read(chooser.files[0]);
    });
    form.addEventListener("dragover", (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
    form.addEventListener("dragleave", () => form.classList.remove("over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("over");
      const [file] = event.dataTransfer.files;
      if (file) this.#read(file);
      else this.#take(event.dataTransfer.getData("text/plain"));
    });
  }

  /** Ask for the target, where the model knows stances towards several. */
  askTarget(known) {
    this.form.querySelector("#towards").hidden = known.length === 0;
    this.form.querySelector("#targets").replaceChildren(...known.map((name) => new Option(name, name)));
  }

  /** What the stance is towards, null where the model has one target only. */
  target() {
    return this.form.querySelector("#towards").hidden ? null : this.targets.value.trim();
  }

  /** The document to send, null where there is none; `text` is what the offsets of its records count in, if known. */
  document() {
    if (this.file !== null) return this.file;
    const text = this.text.value;
    return text.trim() === "" ? null : { document: text, text };
  }

  async #read(file) {
    const ending = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
    if (!DOCUMENTS.includes(ending)) {
      const advice = `Give a file that ends in ${DOCUMENTS.join(", ")}, or paste its text.`;
      this.complain(`${file.name} is of a kind that is not read here`, advice);
      return;
    }
    let bytes;
    try {
      bytes = new Uint8Array(await file.arrayBuffer());
    } catch {
      this.complain(`${file.name} cannot be read`, "Check that it is still there and is a file, then choose it again.");
      return;
    }
    const text = TEXTS.includes(ending) ? decoded(bytes) : null;
    if (text !== null && text.length <= EDITABLE) this.#take(text);
    else {
      this.#keep(file.name, { document: text ?? { name: file.name, content: base64(bytes) }, text });
      this.form.requestSubmit();
    }
  }

  #take(text) {
    this.#keep("", null);
    this.text.value = text;
    this.form.requestSubmit();
  }

  #keep(name, file) {
    this.file = file;
    this.kept.hidden = file === null;
    this.text.hidden = file !== null;
    this.kept.querySelector("span").textContent = name;
    this.form.querySelector("#file").value = "";
  }
}

function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function base64(bytes) {
  const pieces = [];
  for (let start = 0; start < bytes.length; start += 0x8000) {
    pieces.push(String.fromCharCode(...bytes.subarray(start, start + 0x8000)));
  }
  return btoa(pieces.join(""));
}
