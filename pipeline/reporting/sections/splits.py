"""How training and test sentences were kept apart, and what else to be wary of."""

from __future__ import annotations

from typing import Any

from pipeline.reporting.blocks import Block, Bullets, Cell, Column, Disclosure, Notice, Paragraph, Section, Table, facts
from pipeline.reporting.formatting import count, mean, number, plain
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import model_name, title, words

_STRATEGIES = {
    "grouped": "stratified grouped k-fold",
    "random": "random k-fold, sentence by sentence: neighbours leak, scores are too good",
    "leave_one_document_out": "leave one document out",
    "leave_one_target_out": "leave one target out: each is tested by models that never saw it",
    "given": "the parts that the data set came with",
    "holdout": "one grouped hold-out split",
}

_FEW = 4
"""Warnings about single folds that are shown openly; five repetitions may have dozens."""


def split_section(data: ReportInput) -> Section:
    """The split, the leak check, warnings, and scores fold by fold."""
    split = data.split
    blocks: list[Block] = [split_facts(data)]
    findings = [plain(finding) for finding in split.get("leakage") or ()]
    if findings:
        blocks += [Notice("The leak check found something", "Scores may be too good."), Bullets(tuple(findings))]
    else:
        blocks.append(
            Paragraph("The leak check found no group and no near-duplicate on both sides of a split.")
            if split
            else Paragraph("No facts about the split were recorded.")
        )
    blocks += _warnings(data)
    folds = tuple(_folds_table(data, task) for task in data.tasks if _fold_rows(data, task))
    if folds:
        blocks.append(Disclosure("Scores fold by fold", folds))
    return Section("split", "Split, leakage and warnings", tuple(blocks))


def _warnings(data: ReportInput) -> list[Block]:
    """What evaluation and split warn of; many warnings about single folds are folded away, not to bury the others."""
    of_folds = tuple(plain(text) for text in data.split.get("warnings") or ())
    others = tuple(plain(text) for text in data.metrics.get("warnings") or ())
    if not of_folds and not others:
        return [Paragraph("No warnings.")]
    notice = Notice("Warnings", "Read these before using a number above.")
    if not others or len(of_folds) <= _FEW:
        return [notice, Bullets(of_folds + others)]
    return [notice, Bullets(others), Disclosure(f"{len(of_folds)} warnings about single folds", (Bullets(of_folds),))]


def split_facts(data: ReportInput) -> Table:
    """Strategy, sizes, and what was left out of training or of the text."""
    split = data.split
    strategy = split.get("strategy")
    items = [
        ("Strategy", Cell(_STRATEGIES.get(str(strategy), plain(strategy)))),
        ("Folds", Cell(plain(split.get("folds")))),
        ("Repetitions", Cell(plain(split.get("repetitions")))),
        ("Groups that never straddle a fold", Cell(plain(split.get("groups")))),
        ("Sentences found in the documents", Cell(count(data.sentences_count))),
        ("Labelled sentences", Cell(count(len(data.real)))),
    ]
    if data.composed_count:
        items.append(("Composed sentences, for training only", Cell(count(data.composed_count))))
        dropped = split.get("dropped_composed")
        items.append(("Composed sentences dropped as near-duplicates of test text", Cell(plain(dropped))))
    for reason, n in sorted(data.skipped_counts.items(), key=lambda item: (-item[1], item[0])):
        items.append((f"Stretches of text dropped: {words(reason)}", Cell(count(n))))
    return facts("The split and what was left out.", items)


def _fold_rows(data: ReportInput, task: str) -> dict[tuple[int, int], dict[str, Any]]:
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for model in data.models(task):
        for fold in data.task_metrics(task)["models"][model].get("per_fold") or ():
            rows.setdefault((fold["repetition"], fold["fold"]), {})[model] = fold
    return rows


def _folds_table(data: ReportInput, task: str) -> Table:
    models = data.models(task)
    rows = tuple(
        (
            Cell(f"{repetition}, {fold}"),
            Cell(count(max((found.get("n_test", 0) for found in by_model.values()), default=0))),
            *(Cell(_fold_score(by_model.get(model, {}).get("macro_f1"))) for model in models),
        )
        for (repetition, fold), by_model in sorted(_fold_rows(data, task).items())
    )
    columns = (
        Column("Repetition, fold"),
        Column("Test sentences", kind="number"),
        *(Column(model_name(model), kind="number") for model in models),
    )
    return Table(f"{title(task)}: macro-F1 of each fold.", columns, rows)


def _fold_score(value: Any) -> str:
    return number(mean(value) if isinstance(value, dict) else value)
