/** The panel about one sentence: probabilities, words, definitions, tiers. */

import { heading, labelOf } from "./codebook.js";
import { drawing, element } from "./dom.js";

const WORDS = 5;
const BARS = 5;
const MARKED = 0.5;

/** Fill `panel` for `record`; `count` is how many sentences there are. Returns where the words go, by task. */
export function showDetails(panel, record, index, count, codebook) {
  const place = [`Sentence ${index + 1} of ${count}`];
  if (record.page !== null) place.push(`page ${record.page}`);
  if (record.start !== null) place.push(`characters ${record.start} to ${record.end}`);
  const quote = element("blockquote", { dir: "auto" }, record.text);
  const slots = new Map();
  const sections = codebook.tasks.map((task) => {
    const slot = element("p", { class: "carried" }, "Words that carried the decision: asking the model …");
    slots.set(task.name, slot);
    return section(task, record, slot);
  });
  panel.replaceChildren(element("p", { class: "place" }, place.join(" · ")), quote, ...sections);
  return { quote, slots };
}

/** Write the words into the places that `showDetails` returned. */
export function showWords({ quote, slots }, record, explanation, codebook) {
  for (const task of codebook.tasks) {
    const slot = slots.get(task.name);
    const carried = (explanation.tasks[task.name] ?? [])
      .filter((word) => word.weight > 0)
      .sort((first, second) => second.weight - first.weight)
      .slice(0, WORDS);
    if (carried.length === 0) {
      slot.replaceChildren("No single word carried the decision.");
      continue;
    }
    slot.replaceChildren("Words that carried it (log-odds): ");
    for (const { word, weight } of carried) {
      const name = element("b", { dir: "auto" }, word);
      slot.append(element("span", { class: "word" }, name, ` +${weight.toFixed(2)}`), " ");
    }
  }
  markWords(quote, record.text, explanation.tasks[codebook.coloured.name] ?? []);
}

/** Say in words why there are none. */
export function showNoWords({ slots }, reason) {
  for (const slot of slots.values()) slot.replaceChildren(reason);
}

function section(task, record, slot) {
  const found = record[task.name];
  const label = labelOf(task, record);
  const tier = record.tier[task.name];
  const title = element(
    "h3",
    {},
    element("span", { class: "task" }, heading(task.name)),
    " ",
    element("strong", {}, found.abstained ? `${label.title}?` : label.title),
    tier === null ? null : element("span", { class: "tier" }, `tier ${tier}`),
  );
  const parts = [title];
  if (found.abstained) parts.push(element("p", { class: "abstained" }, abstention(task, found)));
  parts.push(bars(task, found), slot);
  if (label.definition) parts.push(element("p", { class: "definition" }, `${label.title}: ${label.definition}`));
  return element("section", {}, ...parts);
}

function abstention(task, found) {
  const limit = task.abstainBelow === null ? "the threshold" : `the threshold of ${task.abstainBelow.toFixed(2)}`;
  const advice = "Take the label as a guess for a person to check, and leave it out of counts.";
  return `Abstained: ${found.probability.toFixed(2)} lies below ${limit}. ${advice}`;
}

/** The most probable labels, each with its bar; the others together in one. */
function bars(task, found) {
  const sorted = task.labels
    .map((label) => ({ title: label.title, best: label.name === found.label, probability: found.scores[label.name] }))
    .sort((first, second) => second.probability - first.probability);
  const rest = sorted.length > BARS + 1 ? sorted.splice(BARS) : [];
  if (rest.length > 0) {
    const together = rest.reduce((sum, one) => sum + one.probability, 0);
    sorted.push({ title: `${rest.length} others together`, best: false, probability: together });
  }
  const rows = sorted.map(({ title, best, probability }) =>
    element(
      "tr",
      best ? { class: "best" } : {},
      element("th", { scope: "row" }, title),
      element("td", { class: "bar" }, bar(probability)),
      element("td", { class: "number" }, probability.toFixed(2)),
    ),
  );
  const caption = element("caption", { class: "spoken" }, `Probabilities: ${task.title}`);
  return element("table", { class: "bars" }, caption, element("tbody", {}, ...rows));
}

function bar(share) {
  const width = Math.max(share * 100, 0.5);
  return drawing(
    "svg",
    { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    drawing("rect", { class: "track", width: 100, height: 8 }),
    drawing("rect", { class: "fill", width, height: 8 }),
  );
}

/** Underline the strongest words; offsets count code points. */
function markWords(quote, text, contributions) {
  const strongest = Math.max(0, ...contributions.map((word) => word.weight));
  if (strongest === 0) return;
  const points = Array.from(text);
  const parts = [];
  let end = 0;
  for (const word of contributions.filter((one) => one.weight >= MARKED * strongest)) {
    const marked = element("mark", {}, points.slice(word.start, word.end).join(""));
    parts.push(points.slice(end, word.start).join(""), marked);
    end = word.end;
  }
  quote.replaceChildren(...parts, points.slice(end).join(""));
}
