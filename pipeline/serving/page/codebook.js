/** What the model answers: tasks, labels, definitions, tiers and thresholds, as `GET /v1/model` tells them. */

const SIGNS = ["▼", "▲", "●", "■", "◆", "★", "✚"];

/** The task that colours the sentences, and the one named beside each; else the codebook's first and second. */
const COLOURED = "stance";
const NAMED = "frame";

/** The codebook of the answer `model`; each label has a `tone` (a colour of the page) and, with it, a `sign`. */
export function readCodebook(model) {
  const tasks = Object.entries(model.tasks).map(([name, task]) => ({
    name,
    title: words(name),
    question: task.question ?? "",
    abstainBelow: task.abstain_below ?? null,
    labels: Object.entries(task.labels).map(([label, about], index) => ({
      name: label,
      title: words(label),
      definition: about.definition ?? "",
      tier: about.tier ?? null,
      tone: index % SIGNS.length,
      sign: SIGNS[index % SIGNS.length],
    })),
  }));
  const coloured = tasks.find((task) => task.name === COLOURED) ?? tasks[0];
  const named = tasks.find((task) => task.name === NAMED) ?? tasks.find((task) => task !== coloured) ?? null;
  return { tasks, coloured, named };
}

/** The label of `task` that `record` has. */
export function labelOf(task, record) {
  return task.labels.find((label) => label.name === record[task.name].label);
}

/** An identifier as it is read. */
export function words(identifier) {
  return identifier.replaceAll("_", " ");
}

/** An identifier as a heading. */
export function heading(identifier) {
  const text = words(identifier);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
