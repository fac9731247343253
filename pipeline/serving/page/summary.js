/** The summary: the coloured task along the text, and counts of it by every other task. */

import { heading } from "./codebook.js";
import { drawing, element } from "./dom.js";

const ABSTAINED = { name: null, title: "abstained", sign: "?", tone: null };

/** Lanes in reading order: a row a label with its count; a tick where a sentence bears it. Abstentions are a lane. */
export function lanes(records, task) {
  const shown = [...task.labels, ABSTAINED].map((label) => {
    const places = records.flatMap((record, index) => (labelled(record, task) === label.name ? [index] : []));
    return element(
      "li",
      { class: toneClass(label) },
      element("span", {}, signOf(label), ` ${label.title}`),
      " ",
      element("span", { class: "number" }, String(places.length)),
      strip(places, records.length),
    );
  });
  return element("ul", { class: "lanes" }, ...shown);
}

/** A table of counts with bars: a row a label of `task` that occurs, a column a label of `across`. */
export function crossing(records, task, across) {
  const columns = [...across.labels, ABSTAINED];
  const rows = [...task.labels, ABSTAINED]
    .map((label) => ({ label, own: records.filter((record) => labelled(record, task) === label.name) }))
    .filter(({ own }) => own.length > 0);
  const cells = rows.map(({ label, own }) => ({
    label,
    counts: columns.map((column) => own.filter((record) => labelled(record, across) === column.name).length),
  }));
  const most = Math.max(1, ...cells.flatMap(({ counts }) => counts));
  const head = element("tr", {}, element("th", { scope: "col" }, heading(task.name)), ...columns.map(columnHead));
  return element(
    "table",
    { class: "crossing" },
    element("caption", {}, `${heading(across.name)} by ${task.title}`),
    element("thead", {}, head),
    element("tbody", {}, ...cells.map(({ label, counts }) => row(label, counts, columns, most))),
  );
}

function row(label, counts, columns, most) {
  return element(
    "tr",
    label.name === null ? { class: "left-out" } : {},
    element("th", { scope: "row" }, label.title),
    ...counts.map((count, index) =>
      element(
        "td",
        { class: `${toneClass(columns[index])}${count === 0 ? " zero" : ""}` },
        element("span", { class: "number" }, String(count)),
        bar(count / most),
      ),
    ),
  );
}

function columnHead(label) {
  return element(
    "th",
    { scope: "col", class: toneClass(label) },
    signOf(label),
    element("span", { class: "name" }, ` ${label.title}`),
  );
}

function signOf(label) {
  return element("span", { class: "sign", "aria-hidden": "true" }, label.sign);
}

function strip(places, length) {
  const path = places.map((index) => `M${index} 0h1v1h-1z`).join("");
  return drawing(
    "svg",
    { viewBox: `0 0 ${length} 1`, preserveAspectRatio: "none", "aria-hidden": "true", class: "strip" },
    drawing("rect", { class: "track", width: length, height: 1 }),
    drawing("path", { class: "fill", d: path }),
  );
}

function bar(share) {
  return drawing(
    "svg",
    { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" },
    drawing("rect", { class: "fill", width: share * 100, height: 6 }),
  );
}

/** The label that counts: null for an abstention. */
function labelled(record, task) {
  const found = record[task.name];
  return found.abstained ? null : found.label;
}

function toneClass(label) {
  return label.tone === null ? "no-tone" : `tone-${label.tone}`;
}
