/** What the model is: where it comes from, its tasks, definitions, tiers, thresholds and limits. */

import { heading } from "./codebook.js";
import { element } from "./dom.js";

const TIERS =
  "A tier says how far a label held up when the model was tested: A, it can be relied on as far as the tests reach; " +
  "B, use it with care; C, a hint that a person should check. The report of the run gives the rule and the figures.";
const SCOPE = [
  "The model says what a sentence conveys, not whether it is true or just.",
  "Expect less on topics, speakers, times and languages that it was not trained on.",
  "Predicted labels are not observations: counts and shares carry its errors.",
  "Marked words say what the model looked at, not why something was said.",
];

/** One line that names the model, for the head of the page. */
export function modelLine(model) {
  const form = model.precision ? ` (${model.precision})` : "";
  return `Model ${model.model}${form} · codebook ${model.codebook}${trained(model)}`;
}

/** Fill `root` from the codebook and the answer of `GET /v1/model`. */
export function showAbout(root, codebook, model) {
  root.replaceChildren(identity(model), scope(model.limits), ...codebook.tasks.map(task));
}

function identity(model) {
  const { commit, uncommitted_changes: changed, seed } = model.provenance;
  const facts = [
    ["Model", modelLine(model)],
    ["Codebook", model.title],
    ["Stance towards", model.targets.length > 0 ? model.targets.join(", ") : model.target],
    ["Commit", commit && `${commit.slice(0, 12)}${changed ? " with uncommitted changes" : ""}`],
    ["Seed", seed ?? null],
    ["Words are found by", model.explanation_method],
  ];
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return element(
    "section",
    {},
    element("h3", {}, "Where it comes from"),
    element("dl", {}, ...known.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, String(value))])),
  );
}

function scope(limits) {
  const [texts, characters, megabytes] = [limits.texts, limits.characters, limits.body_bytes / 2 ** 20].map((value) =>
    value.toLocaleString("en", { maximumFractionDigits: 1 }),
  );
  const size = `At once this server takes ${texts} sentences of up to ${characters} characters, and ${megabytes} MB.`;
  return element(
    "section",
    {},
    element("h3", {}, "Tiers and limits"),
    element("p", {}, TIERS),
    element("ul", {}, ...[...SCOPE, size].map((line) => element("li", {}, line))),
  );
}

function task(one) {
  const threshold =
    one.abstainBelow === null
      ? "It never abstains."
      : `Below a probability of ${one.abstainBelow.toFixed(2)} it abstains: its label is then a guess to be checked.`;
  const labels = one.labels.flatMap((label) => [
    element("dt", {}, label.title, element("span", {}, label.tier ? ` · tier ${label.tier}` : " · not evaluated")),
    element("dd", {}, label.definition || "no definition came with the model"),
  ]);
  return element(
    "section",
    {},
    element("h3", {}, heading(one.name)),
    element("p", {}, [one.question, threshold].filter(Boolean).join(" ")),
    element("dl", {}, ...labels),
  );
}

function trained(model) {
  const day = model.provenance.trained?.slice(0, 10);
  return day ? ` · trained ${day}` : "";
}
