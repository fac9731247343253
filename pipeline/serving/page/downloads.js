/** The shown records as a file: the same fields and columns as `stance classify --output` writes. */

const PLACE = ["document", "start", "end", "page", "model", "codebook"];

/** A JSON array of records. */
export function json(records) {
  return `${JSON.stringify(records, null, 1)}\n`;
}

/** Flat rows; `tasks` gives the order of the columns. */
export function csv(records, tasks) {
  // Only models of several targets tell the target.
  const first = ["id", "text", ...(records.some((record) => "target" in record) ? ["target"] : [])];
  const header = [...first];
  for (const task of tasks) {
    header.push(task.name, `${task.name}_probability`, `${task.name}_abstained`, `${task.name}_tier`);
    header.push(...task.labels.map((label) => `${task.name}_score_${label.name}`));
  }
  header.push(...PLACE);
  const rows = records.map((record) => {
    const values = first.map((name) => record[name]);
    for (const task of tasks) {
      const found = record[task.name];
      values.push(found.label, found.probability, found.abstained, record.tier[task.name]);
      values.push(...task.labels.map((label) => found.scores[label.name]));
    }
    return [...values, ...PLACE.map((name) => record[name])];
  });
  return [header, ...rows].map((row) => `${row.map(field).join(",")}\n`).join("");
}

/** Hand `content` to the reader as a file. */
export function save(name, type, content) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function field(value) {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
