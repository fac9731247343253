/** Which sentences stand in one paragraph, and what the cleaning left out between them. */

const WORD = /[\p{L}\p{N}]/u;

/**
 * Paragraphs in reading order: `{page, parts}`, where a part is `{index}` (of a record) or `{skipped}` (text).
 *
 * `text` is the document that the records' offsets count in (in code points), null where the page does not have it:
 * then a page of a PDF is one paragraph, and texts that come from no document stand each on its own.
 */
export function paragraphs(records, text) {
  const points = text === null ? null : Array.from(text);
  const edge = points !== null && /\n\s*\n/.test(text) ? /\n\s*\n/ : /\n/;
  const found = [];
  let end = 0;
  let page = null;
  records.forEach((record, index) => {
    const placed = record.start !== null && record.end !== null;
    const gap = points !== null && placed ? points.slice(end, record.start).join("") : "";
    const breaks = found.length === 0 || !placed || edge.test(gap) || record.page !== page;
    const skipped = WORD.test(gap) ? [{ skipped: gap.trim() }] : [];
    if (breaks && skipped.length > 0) found.push({ page: null, parts: skipped });
    if (breaks) found.push({ page: record.page !== page ? record.page : null, parts: [{ index }] });
    else found.at(-1).parts.push(...skipped, { index });
    if (placed) end = record.end;
    page = record.page;
  });
  const rest = points === null ? "" : points.slice(end).join("");
  if (end > 0 && WORD.test(rest)) found.push({ page: null, parts: [{ skipped: rest.trim() }] });
  return found;
}
