"""The verdict: which model is better, by how much, and how sure one can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.reporting.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Disclosure,
    Gallery,
    KeyFigure,
    KeyFigures,
    Lead,
    Notice,
    Paragraph,
    Section,
    Split,
    Table,
)
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.figures.intervals import Estimate, Scale, Series, draw_intervals
from pipeline.reporting.figures.style import INK, Mark, marks
from pipeline.reporting.formatting import MISSING, interval, mean, number, p_value, percent, points
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import METRICS, enumerate_words, model_name, sort_models, title, words


def verdict_section(data: ReportInput) -> Section:
    """Headline, key figures, the table of models by tasks, and every test behind them."""
    blocks: list[Block] = [Lead(headline(data))]
    compared = data.comparison.get("tasks", {})
    if compared:
        blocks.append(KeyFigures(tuple(_key_figure(data, task, result) for task, result in compared.items())))
    origin = data.origin
    blocks.append(
        Notice(
            "Whose labels these are",
            origin.summary
            if origin
            else "The origin of these labels is not stated, so what a score measures is not known. State it under "
            "report.origins in the configuration.",
        )
    )
    blocks.append(_overview(data))
    verdicts = tuple(result["verdict"] for result in compared.values() if result.get("verdict"))
    if verdicts:
        blocks += [Paragraph("The verdicts in full:"), Bullets(verdicts)]
    if compared:
        blocks.append(Paragraph(_rule(data)))
    details: list[Block] = [_all_measures(data, task) for task in data.tasks]
    if compared:
        details.insert(0, _tests_table(data))
    blocks.append(Disclosure("All measures and tests", tuple(details)))
    return Section("verdict", "Verdict", tuple(blocks))


def level(data: ReportInput) -> str:
    """Confidence level in words, such as `95 %`."""
    return percent(data.confidence, 0 if (100 * data.confidence).is_integer() else 1)


def measure(data: ReportInput) -> str:
    """Name of the measure that models are compared by, where all tasks have the same."""
    names = {METRICS[data.primary(task)] for task in data.tasks} or {METRICS["macro_f1"]}
    return names.pop() if len(names) == 1 else "Primary measure"


def _running(data: ReportInput) -> str:
    """The measure's name in running text."""
    name = measure(data)
    return name[0].lower() + name[1:]


def headline(data: ReportInput) -> str:
    """One sentence a pair of models: where the first is better or worse than the second, and where nobody can tell."""
    pairs: dict[tuple[str, str], dict[str, list[str]]] = {}
    for task, result in data.comparison.get("tasks", {}).items():
        outcomes = pairs.setdefault((result["a"], result["b"]), {})
        outcomes.setdefault(result["outcome"], []).append(words(task))
    if not pairs:
        return "No two models of this run were compared; the table shows each on its own."
    return " ".join(_pair_sentence(first, second, outcomes) for (first, second), outcomes in pairs.items())


def _pair_sentence(first: str, second: str, outcomes: Mapping[str, list[str]]) -> str:
    one, other = model_name(first), model_name(second)
    words_of = {word: enumerate_words(tasks) for word, tasks in outcomes.items()}
    decided = [f"is {word} than {other} on {words_of[word]}" for word in ("better", "worse") if word in words_of]
    undecided = words_of.get("undecided")
    if not decided:
        return f"Undecided: whether {one} or {other} is better on {undecided}, this evidence cannot tell."
    sentence = f"{one} {' and '.join(decided)}"
    return f"{sentence}; on {undecided} this evidence cannot tell." if undecided else f"{sentence}."


def _rule(data: ReportInput) -> str:
    return (
        f"A model counts as better only where the {level(data)} interval of the paired difference in {_running(data)} "
        "excludes zero and every test that could be computed agrees (paired bootstrap, McNemar, corrected resampled "
        "t-test). Intervals come from a bootstrap over groups of sentences, not over single sentences."
    )


def _overview(data: ReportInput) -> Split:
    """The plot of the primary measure beside its table, and the differences of the compared models below the table."""
    scores = Gallery(f"{measure(data)} with {level(data)} intervals.", (_scores_figure(data),))
    difference = _difference_figure(data)
    below = (Gallery(f"Paired differences with {level(data)} intervals.", (difference,)),) if difference else ()
    return Split((scores,), (headline_table(data), *below))


def _key_figure(data: ReportInput, task: str, result: Mapping[str, Any]) -> KeyFigure:
    bounds = [100 * bound for bound in result["ci"]] if _bounded(result) else None
    scores = [
        f"{model_name(model)} {number(mean(_score(data, task, model)))}"
        for model in (result["a"], result["b"])
        if _score(data, task, model)
    ]
    outcome = result["outcome"]
    details = ["undecided" if outcome == "undecided" else f"{model_name(result['a'])} is {outcome}"]
    details += [f"{level(data)} interval {interval(bounds, 1)}"] if bounds else []
    details += [", ".join(scores)] if scores else []
    return KeyFigure(title(task), f"{points(result.get('difference'))} points", tuple(details))


def _bounded(result: Mapping[str, Any]) -> bool:
    return bool(result.get("ci")) and all(bound is not None for bound in result["ci"])


def _score(data: ReportInput, task: str, model: str) -> Mapping[str, Any] | None:
    if task not in data.tasks:
        return None
    found = data.task_metrics(task)["models"].get(model, {}).get(data.primary(task))
    return dict(found) if found else None


def headline_table(data: ReportInput) -> Table:
    """Models by tasks: the primary measure with its interval."""
    models = sort_models({model for task in data.tasks for model in data.models(task)})
    rows = tuple(
        (Cell(model_name(model)), *(score_cell(_score(data, task, model)) for task in data.tasks)) for model in models
    )
    columns = (Column("Model"), *(Column(title(task), kind="number") for task in data.tasks))
    repeated = int(data.metrics.get("repetitions", 1)) > 1
    spread = " and standard deviation (sd) over repetitions" if repeated else ""
    caption = f"{measure(data)} of each model and task, with {level(data)} interval{spread}."
    return Table(caption, columns, rows)


def score_cell(metric: Mapping[str, Any] | None) -> Cell:
    """A metric with its interval, and its spread over repetitions where there is one."""
    bounds = interval(metric.get("ci")) if metric else ""
    spread = metric.get("sd") if metric else None
    details = (bounds, "" if spread is None else f"sd {number(spread)}")
    return Cell(number(mean(metric)), tuple(detail for detail in details if detail))


def _scores_figure(data: ReportInput) -> Drawing:
    """The primary measure of all models, a row each task."""
    models = sort_models({model for task in data.tasks for model in data.models(task)})
    series = [
        Series(model_name(model), mark, [Estimate.of(_score(data, task, model)) for task in data.tasks])
        for model, mark in marks(models).items()
    ]
    alt = f"{measure(data)} by task. " + " ".join(
        f"{title(task)}: "
        + ", ".join(f"{model_name(model)} {number(mean(_score(data, task, model)))}" for model in data.models(task))
        + "."
        for task in data.tasks
    )
    rows = [title(task) for task in data.tasks]
    return draw_intervals("macro-f1", alt, rows, series, Scale(_running(data)), data.settings.png_dpi)


def _difference_figure(data: ReportInput) -> Drawing | None:
    results = {
        task: result
        for task, result in data.comparison.get("tasks", {}).items()
        if _bounded(result) and result.get("difference") is not None
    }
    if not results:
        return None
    estimates = [Estimate(100 * r["difference"], 100 * r["ci"][0], 100 * r["ci"][1]) for r in results.values()]
    reach = max(abs(bound) for one in estimates for bound in (one.low or 0, one.high or 0, one.value))
    first = next(iter(results.values()))
    same_pair = len({(result["a"], result["b"]) for result in results.values()}) == 1
    name = f"{model_name(first['a'])} minus {model_name(first['b'])}" if same_pair else "first minus second model"
    alt = f"Difference in {_running(data)}, {name}, in points. " + " ".join(
        f"{title(task)}: {points(r['difference'])} ({interval([100 * b for b in r['ci']], 1)})."
        for task, r in results.items()
    )
    scale = Scale(f"{name}, points of {_running(data)}", -1.15 * reach or -1, 1.15 * reach or 1, zero=True)
    notes = [points(result["difference"]) for result in results.values()]
    mark = Mark(INK, "o", "-")
    rows = [title(task) for task in results]
    return draw_intervals("difference", alt, rows, [Series(name, mark, estimates)], scale, data.settings.png_dpi, notes)


def _tests_table(data: ReportInput) -> Table:
    """Every comparison with its three tests, the headline pairs first."""
    results = [(task, result) for task, result in data.comparison["tasks"].items()]
    seen = {(task, result["a"], result["b"]) for task, result in results}
    for result in data.comparison.get("pairs", ()):
        key = (result.get("task", ""), result.get("a"), result.get("b"))
        if all(key) and key not in seen:
            seen.add(key)
            results.append((result["task"], result))
    rows = tuple(
        (
            Cell(title(task)),
            Cell(f"{model_name(result['a'])} minus {model_name(result['b'])}"),
            Cell(
                points(result.get("difference")),
                (interval([100 * bound for bound in result["ci"]], 1),) if _bounded(result) else (),
            ),
            *(Cell(p_value(result.get(key))) for key in ("p_bootstrap", "p_mcnemar", "p_corrected_t")),
        )
        for task, result in results
    )
    numeric = ("Difference in points", "p, paired bootstrap", "p, McNemar (accuracy)", "p, corrected t-test")
    columns = (Column("Task"), Column("Pair"), *(Column(name, kind="number") for name in numeric))
    caption = f"Comparisons on {_running(data)} with {level(data)} intervals. {MISSING}: not computable."
    return Table(caption, columns, rows)


def _all_measures(data: ReportInput, task: str) -> Table:
    metrics = data.task_metrics(task)["models"]
    shown = [key for key in METRICS if any(metrics[model].get(key) for model in metrics)]
    rows = tuple(
        (Cell(model_name(model)), *(score_cell(metrics[model].get(key)) for key in shown))
        for model in data.models(task)
    )
    contrast = data.codebook.tasks[task].contrast
    note = f" Contrast F1 is the mean F1 of {enumerate_words(contrast)}." if "contrast_f1" in shown else ""
    caption = f"{title(task)}: all measures. Log-loss, Brier score and calibration error (ECE): lower is better.{note}"
    return Table(caption, (Column("Model"), *(Column(METRICS[key], kind="number") for key in shown)), rows)
