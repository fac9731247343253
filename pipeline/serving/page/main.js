/** The page: wires the form, the server, the text, the details, the filters and the downloads together. */

import { modelLine, showAbout } from "./about.js";
import { Api, Refusal } from "./api.js";
import { heading, readCodebook } from "./codebook.js";
import { showDetails, showNoWords, showWords } from "./details.js";
import { counted, element } from "./dom.js";
import { csv, json, save } from "./downloads.js";
import { Explanations } from "./explanations.js";
import { Filters } from "./filters.js";
import { Intake } from "./intake.js";
import { Reading } from "./reading.js";
import { crossing, lanes } from "./summary.js";

const at = (id) => document.getElementById(id);
const api = new Api();
const intake = new Intake(at("intake"), { submit: classify, complain });
const filters = new Filters(at("filters"), applyFilters);
const explanations = new Explanations(api);
const reading = new Reading(at("reading"), { look, choose, release });

let codebook = null;
let records = [];
let classifying = null;

async function loadModel() {
  const model = await api.model();
  codebook = readCodebook(model);
  at("model-line").textContent = modelLine(model);
  showAbout(at("about-body"), codebook, model);
  intake.askTarget(model.targets);
}

async function classify() {
  const given = intake.document();
  if (given === null) {
    complain("There is no text yet", "Paste a text, choose a file or try the example.");
    intake.text.focus();
    return;
  }
  classifying?.abort();
  classifying = new AbortController();
  const { signal } = classifying;
  busy(true);
  try {
    if (codebook === null) await loadModel();
    const target = intake.target();
    if (target === "") {
      complain("There is no target yet", "Say what the stance is towards; the list has the targets that the model knows.");
      intake.targets.focus();
      return;
    }
    const answer = await api.classify({ document: given.document, ...(target && { target }) }, signal);
    showResults(answer.predictions, given.text);
  } catch (error) {
    if (error.name !== "AbortError") refuse(error);
  } finally {
    if (signal === classifying?.signal) busy(false);
  }
}

function busy(yes) {
  at("status").textContent = yes ? "Classifying …" : "";
  at("cancel").hidden = !yes;
  at("classify").disabled = yes;
  if (yes) at("problem").replaceChildren();
}

function complain(title, advice, said = "") {
  const lines = [element("strong", {}, `${title}.`), said, advice].filter(Boolean);
  at("problem").replaceChildren(element("div", { class: "problem" }, ...lines.map((line) => element("p", {}, line))));
}

function refuse(error) {
  if (!(error instanceof Refusal)) throw error;
  complain(error.message, error.advice, error.said);
  if (error.status === 401) {
    at("access").hidden = false;
    at("key").focus();
  }
}

function showResults(found, text) {
  records = found;
  explanations.forget();
  const { coloured, tasks } = codebook;
  const others = tasks.filter((task) => task !== coloured).toReversed();
  at("results").hidden = false;
  at("results-title").textContent = counted(records.length, "sentence");
  at("lanes").replaceChildren(lanes(records, coloured));
  at("crossings").replaceChildren(...others.map((task) => crossing(records, task, coloured)));
  at("counts").hidden = others.length === 0;
  at("counts-title").textContent = `${heading(coloured.name)} by ${others.map((task) => task.title).join(" and by ")}`;
  filters.offer(records, codebook);
  const skipped = reading.show(records, text, codebook);
  const leftOut = `${counted(skipped, "passage")} left out (headings, page numbers and the like), in grey below.`;
  at("skipped").textContent = skipped === 0 ? "" : leftOut;
  at("details-body").replaceChildren(element("p", { class: "hint" }, "Nothing chosen yet."));
  release();
  applyFilters();
  at("results-title").focus();
}

function applyFilters() {
  reading.filter(records, (record) => filters.matches(record), filters.active);
  if (reading.held !== null && !filters.matches(records[reading.held])) release();
  const shown = shownRecords().length;
  at("shown").textContent = filters.active ? `${shown} of ${counted(records.length, "sentence")} shown` : "";
  at("clear-filters").hidden = !filters.active;
}

function shownRecords() {
  return records.filter((record) => filters.matches(record));
}

async function look(index) {
  const record = records[index];
  at("details").scrollTop = 0;
  const places = showDetails(at("details-body"), record, index, records.length, codebook);
  try {
    showWords(places, record, await explanations.of(records, index), codebook);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Refusal)) throw error;
    showNoWords(places, `The words are not known: ${error.message}. Choose the sentence again in a moment.`);
  }
}

function choose(index, enter) {
  at("details").classList.add("open");
  at("close").hidden = false;
  reading.hold(index);
  look(index);
  if (enter) at("details-title").focus();
}

function release() {
  reading.hold(null);
  at("details").classList.remove("open");
  at("close").hidden = true;
}

function letGo() {
  release();
  reading.focus();
}

at("cancel").addEventListener("click", () => {
  classifying?.abort();
  busy(false);
});
at("close").addEventListener("click", letGo);
at("details").addEventListener("keydown", (event) => {
  if (event.key === "Escape") letGo();
});
at("clear-filters").addEventListener("click", () => {
  filters.clear();
  applyFilters();
  at("filters").querySelector("select").focus();
});
at("save-csv").addEventListener("click", () => {
  save("predictions.csv", "text/csv;charset=utf-8", csv(shownRecords(), codebook.tasks));
});
at("save-json").addEventListener("click", () => {
  save("predictions.json", "application/json", json(shownRecords()));
});
at("access").addEventListener("submit", async (event) => {
  event.preventDefault();
  api.key = at("key").value;
  try {
    await loadModel();
  } catch (error) {
    refuse(error);
    return;
  }
  at("problem").replaceChildren();
  at("access").hidden = true;
  intake.text.focus();
});
at("counts").open = matchMedia("(min-width: 62rem)").matches;
loadModel().catch(refuse);
