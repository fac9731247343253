"""How labels are spread over the documents."""

from __future__ import annotations

from collections import Counter

from pipeline.records import LabeledSentence
from pipeline.reporting.blocks import Block, Cell, Column, Disclosure, Gallery, Paragraph, Section, Table
from pipeline.reporting.escaping import printable
from pipeline.reporting.figures.confusion import cell_text
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.figures.heatmap import Grid, draw_heatmap
from pipeline.reporting.formatting import MISSING, count
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import document_name, title, words

_MOST_ROWS = 15


def distribution_section(data: ReportInput) -> Section:
    """A heat map a task: documents in rows, labels in columns; the sources as a table."""
    blocks: list[Block] = [
        documents_table(data),
        Paragraph("Labels by document, from the gold labels. The shade is the share of the document's sentences."),
        Gallery("Gold labels by document.", tuple(_figure(data, task) for task in data.codebook.tasks)),
        Disclosure("Label counts as tables", tuple(labels_table(data, task) for task in data.codebook.tasks)),
    ]
    return Section("documents", "Documents and their labels", tuple(blocks))


def documents_table(data: ReportInput) -> Table:
    """The sources with what is known about them, and how many labelled sentences each gave."""
    sentences = Counter(sentence.document for sentence in data.real)
    rows = tuple(
        (
            Cell(document_name(document)),
            *(Cell(value or MISSING) for value in (document.publisher, document.kind, document.date, document.rights)),
            Cell(count(sentences[document.id])),
        )
        for document in data.documents
    )
    columns = (
        Column("Document", kind="long"),
        Column("Publisher"),
        Column("Kind"),
        Column("Date", kind="short"),
        Column("Rights", kind="long"),
        Column("Labelled sentences", kind="number"),
    )
    return Table("The documents.", columns, rows)


def labels_table(data: ReportInput, task: str) -> Table:
    """Counts of each label by document, in all documents, and among the composed sentences where there are any."""
    labels = data.codebook.labels(task)
    groups = [(name, [sentence.labels.get(task) for sentence in sentences]) for name, sentences in _rows(data)]
    if len(groups) > 1:
        groups.append(("All documents", [label for _, found in groups for label in found]))
    if data.composed_count:
        composed = [sentence.labels.get(task) for sentence in data.labeled if sentence.composed]
        groups.append(("Composed (invented, for training only)", composed))
    rows = []
    for name, found in groups:
        counts = Counter(found)
        unlabelled = sum(label not in labels for label in found)
        cells = [Cell(count(counts[label])) for label in labels]
        rows.append((Cell(name), *cells, Cell(count(unlabelled)), Cell(count(len(found)))))
    columns = (Column("Document", kind="long"), *(Column(words(label), kind="number") for label in labels))
    ends = (Column("no label", kind="number"), Column("all", kind="number"))
    return Table(f"{title(task)}: sentences by label.", (*columns, *ends), tuple(rows))


def _figure(data: ReportInput, task: str) -> Drawing:
    labels = data.codebook.labels(task)
    groups = _rows(data)
    counts = []
    for _, sentences in groups:
        found = Counter(sentence.labels.get(task) for sentence in sentences)
        counts.append([found[label] for label in labels])
    totals = [sum(row) for row in counts]
    grid = Grid(
        rows=[name for name, _ in groups],
        columns=[words(label) for label in labels],
        texts=[[cell_text(cell) for cell in row] for row in counts],
        shades=[[cell / (total or 1) for cell in row] for row, total in zip(counts, totals, strict=True)],
        margin=[str(total) for total in totals],
        margin_name="all",
        row_name="document",
        column_name=words(task),
    )
    sums = sorted(((sum(column), label) for column, label in zip(zip(*counts, strict=True), labels, strict=True)))
    alt = f"{title(task)} labels by document. Over all documents: " + ", ".join(
        f"{words(label)} {n}" for n, label in reversed(sums)
    )
    return draw_heatmap(f"documents-{task}", f"{alt}.", title(task), grid, data.settings.png_dpi)


def _rows(data: ReportInput) -> list[tuple[str, list[LabeledSentence]]]:
    """Name and sentences of each document; beyond _MOST_ROWS the smallest ones share the last row."""
    by_document: dict[str, list[LabeledSentence]] = {document.id: [] for document in data.documents}
    for sentence in data.real:
        by_document.setdefault(sentence.document or MISSING, []).append(sentence)
    names = {document.id: printable(document_name(document)) for document in data.documents}
    rows = [(names.get(key, key), sentences) for key, sentences in by_document.items()]
    if len(rows) <= _MOST_ROWS:
        return rows or [(MISSING, [])]
    rows.sort(key=lambda row: -len(row[1]))
    rest = [sentence for _, sentences in rows[_MOST_ROWS - 1 :] for sentence in sentences]
    return [*rows[: _MOST_ROWS - 1], (f"{len(rows) - _MOST_ROWS + 1} others", rest)]
