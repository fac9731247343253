"""What the checklist says of the data and their annotation; an empty answer was not recorded."""

from __future__ import annotations

from pipeline.reporting.checklist.phrases import count, has, listed, span
from pipeline.reporting.inputs import ReportInput


def distributions(run: ReportInput) -> str:
    """Counts of the tested sentences and, apart from them, of the composed ones."""
    found = [
        f"{task} ({count(values['sentences'], 'sentence')} in {count(values['groups'], 'group')}): "
        f"{listed(values['support'])}"
        for task, values in run.metrics.get("tasks", {}).items()
    ]
    if found and run.composed_count:
        found.append(f"besides, {count(run.composed_count, 'composed sentence')} for training only, never tested on")
    return "; ".join(found)


def parts(run: ReportInput) -> str:
    """How sentences were divided."""
    split = run.split
    if not split:
        return ""
    held_out = [
        fit["development_sentences"]
        for fits in run.training.values()
        for fit in fits
        if has(fit, "development_sentences")
    ]
    development = f"; development parts of {span(held_out)} sentences inside the training parts" if held_out else ""
    folds, repetitions = split.get("folds") or 0, split.get("repetitions") or 0
    return (
        f"{split.get('strategy')}: {count(folds, 'fold')} times {count(repetitions, 'repetition')} of "
        f"{count(split.get('groups') or 0, 'group')}{development}"
    )


def exclusions(run: ReportInput) -> str:
    """What was left out, with reasons and counts."""
    found = []
    if run.skipped_counts:
        found.append(f"stretches of text left out, by reason: {listed(dict(sorted(run.skipped_counts.items())))}")
    unlabelled = run.sentences_count - len(run.real)
    found.append(f"{unlabelled} of {run.sentences_count} sentences without any label")
    if run.split.get("dropped_composed"):
        found.append(f"{count(run.split['dropped_composed'], 'composed sentence')} too like a document's")
    return "; ".join(found)


def files(run: ReportInput) -> str:
    """The input files."""
    inputs = run.manifest.get("inputs") or {}
    return f"{len(inputs)} files with their SHA-256 in manifest.json: {', '.join(inputs)}" if inputs else ""


def instructions(run: ReportInput) -> str:
    """What annotators were to do, and where it is written."""
    config = run.manifest.get("config") or {}
    labeling = config.get("labeling") or {}
    gold = labeling.get("gold") or ", ".join(labeling.get("votes") or ())
    labels = sum(len(task.labels) for task in run.codebook.tasks.values())
    where = f"; annotations in {gold}" + (", their guide beside them" if labeling.get("gold") else "") if gold else ""
    tasks = len(run.codebook.tasks)
    return f"codebook {run.codebook.identifier}: {labels} labels of {tasks} tasks, each with its definition{where}"


def annotators(run: ReportInput) -> str:
    """Who or what gave the labels."""
    origin = run.origin
    return f"{origin.creators}: {origin.summary}" if origin is not None and origin.summary else ""


def agreement(run: ReportInput) -> str:
    """Agreement of independent annotators, a task at a time."""
    tasks = run.agreement.get("tasks", {})
    found = [(task, (values.get("alpha") or {}).get("value")) for task, values in tasks.items()]
    alphas = {task: f"{alpha:.3f}" for task, alpha in found if alpha is not None}
    return f"Krippendorff's alpha: {listed(alphas)}" if alphas else ""
