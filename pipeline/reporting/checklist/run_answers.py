"""What the checklist says of models, their training and their search; an empty answer was not recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pipeline.reporting.checklist.phrases import Fit, by_model, count, duration, has, listed, span
from pipeline.reporting.inputs import ReportInput

OUTCOMES = ("macro_f1", "cpu_seconds", "temperature")
"""What a tuned model records of a choice besides its hyperparameters."""


def infrastructure(run: ReportInput) -> str:
    """Processor, cores, memory and threads."""
    hardware = run.manifest.get("hardware") or {}
    known = [
        (hardware.get("cpu"), "{}"),
        (hardware.get("cores"), "{} cores"),
        (hardware.get("memory_gb"), "{} GB of memory"),
        (hardware.get("threads"), "train.threads={}"),
    ]
    return ", ".join(form.format(value) for value, form in known if value)


def run_time(run: ReportInput) -> str:
    """Wall time of all work, and of one fit of each model."""
    total = run.manifest.get("wall_s")
    parts = [f"{duration(total)} of work in all"] if total is not None else []
    for model, fits in run.training.items():
        times = [fit["seconds"] for fit in fits if fit.get("seconds") is not None]
        if times:
            parts.append(f"{model} {duration(sum(times) / len(times))} a fit ({count(len(times), 'fit')})")
    return "; ".join(parts)


def parameters(run: ReportInput) -> str:
    """Trainable parameters of each model that counts them; of a linear one, a weight a feature and label."""
    labels = sum(len(task.labels) for task in run.codebook.tasks.values())

    def of(fits: Sequence[Fit]) -> str:
        counts = [fit["trainable_parameters"] for fit in fits if has(fit, "trainable_parameters")]
        counts += [sum(fit["features"].values()) * labels for fit in fits if has(fit, "features")]
        return span(counts)

    return by_model(run, of)


def runs(run: ReportInput) -> str:
    """Folds, repetitions, and what spread and intervals come from."""
    repetitions, folds = run.split.get("repetitions"), run.split.get("folds")
    if not repetitions or not folds:
        return ""
    spread = (
        "mean and standard deviation over repetitions" if repetitions > 1 else "one repetition, so no spread over seeds"
    )
    bootstrap = run.metrics.get("bootstrap", {})
    interval = (
        f"; {run.confidence:.0%} intervals from {bootstrap['resamples']} resamples of whole groups"
        if bootstrap.get("resamples")
        else ""
    )
    return f"{count(folds, 'fold')} times {count(repetitions, 'repetition')} of each model; {spread}{interval}"


def development(run: ReportInput) -> str:
    """Development scores are means over tasks, so the test score beside them is the mean macro-F1 over tasks."""
    parts = []
    for model, fits in run.training.items():
        found = [score for fit in fits if (score := development_score(fit)) is not None]
        test = _mean_macro_f1(run, model)
        if found and test is not None:
            parts.append(
                f"{model} {sum(found) / len(found):.3f} beside {test:.3f} ({count(len(found), 'development part')})"
            )
    return f"macro-F1, mean over tasks: {'; '.join(parts)}" if parts else ""


def development_score(fit: Fit) -> float | None:
    """Macro-F1, mean over tasks, on the held-out part of the training sentences; None where there was none.

    For a fine-tuned model that is the development part, for a tuned one the pooled inner folds; where they chose the
    best of several, the score flatters.
    """
    found = [task["chosen"]["macro_f1"] for task in _tuned(fit)]
    found = found or [scores["macro_f1"] for scores in (fit.get("development") or {}).values()]
    return float(sum(found) / len(found)) if found else None


def _tuned(fit: Fit) -> list[Fit]:
    """What each task of a tuned model chose (`chosen`) among which `candidates`."""
    return [task for task in (fit.get("tasks") or {}).values() if "candidates" in task and "chosen" in task]


def _mean_macro_f1(run: ReportInput, model: str) -> float | None:
    found = [
        task["models"].get(model, {}).get("macro_f1", {}).get("mean") for task in run.metrics.get("tasks", {}).values()
    ]
    return None if not found or None in found else sum(found) / len(found)


def metrics(run: ReportInput) -> str:
    """Names of the metrics and where their code is."""
    names = dict.fromkeys(
        name
        for task in run.metrics.get("tasks", {}).values()
        for model in task["models"].values()
        for name, value in model.items()
        if isinstance(value, Mapping) and "mean" in value
    )
    return f"{', '.join(names)}; defined in pipeline/evaluation/metrics.py and calibration.py" if names else ""


def code(run: ReportInput) -> str:
    """Commit and versions."""
    git, versions = run.manifest.get("git") or {}, run.manifest.get("versions") or {}
    commit = f"commit {git['commit']}" if git.get("commit") else ""
    dirty = " with uncommitted changes" if commit and git.get("dirty") else ""
    installed = listed({name: version for name, version in versions.items() if version})
    return "; ".join(part for part in (commit + dirty, installed) if part)


def bounds(run: ReportInput) -> str:
    """Values of every setting that was searched."""
    return _searches(run, lambda tuned: listed(_values([trial for task in tuned for trial in task["candidates"]])))


def trials(run: ReportInput) -> str:
    """How many settings each search tried."""
    return _searches(run, lambda tuned: f"{span([len(task['candidates']) for task in tuned])} a task and fit")


def criterion(run: ReportInput) -> str:
    """What the choices within a fit maximised."""
    parts = []
    for model, fits in run.training.items():
        if any(_tuned(fit) for fit in fits):
            parts.append(f"{model}: macro-F1 of the task on grouped inner folds of the training part")
        elif any(fit.get("development_log_losses") for fit in fits):
            parts.append(f"{model}: the epoch, by log-loss on a grouped development part of the training part")
    return "; ".join(parts)


def chosen(run: ReportInput) -> str:
    """What the fits of each model chose, over all tasks and fits."""

    def of(fits: Sequence[Fit]) -> str:
        choices = [task["chosen"] for fit in fits for task in _tuned(fit)]
        return listed(_values([*choices, *({"epoch": fit["best_epoch"]} for fit in fits if has(fit, "best_epoch"))]))

    found = by_model(run, of)
    return f"{found}; all other settings are in manifest.json" if found else ""


def _searches(run: ReportInput, answer: Callable[[Sequence[Fit]], str]) -> str:
    """`answer` for every model that searched; the others are said to have fixed values."""
    found = {model: [task for fit in fits for task in _tuned(fit)] for model, fits in run.training.items()}
    parts = [f"{model}: {answer(tuned)}" for model, tuned in found.items() if tuned]
    fixed = [model for model, tuned in found.items() if not tuned]
    if fixed:
        parts.append(f"{', '.join(fixed)}: no search in this run, the settings are fixed in its configuration")
    return "; ".join(parts)


def _values(choices: Sequence[Fit]) -> dict[str, str]:
    """Span of every hyperparameter; what a choice scored and cost is none."""
    names = dict.fromkeys(name for choice in choices for name in choice if name not in OUTCOMES)
    return {name: span([choice[name] for choice in choices if name in choice]) for name in names}
