"""A comparison in words: better, worse or undecided, by how much, how sure, and which tests say so."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.evaluation.comparison import Comparison

NAMES = {"macro_f1": "macro-F1", "contrast_f1": "contrast F1"}


def outcome(comparison: Comparison, confidence: float) -> str:
    """`better`, `worse` or `undecided`, said of the first model.

    Better or worse only where the interval of the difference excludes 0 and every test that could be computed finds a
    difference of the same direction at the level 1 - `confidence`.
    """
    if _reason(comparison, confidence):
        return "undecided"
    return "better" if comparison.difference > 0 else "worse"


def verdict(comparison: Comparison, confidence: float) -> str:
    """The outcome in one sentence with its numbers, and the reason where it is undecided."""
    c = comparison
    figures = _figures(c, confidence)
    notes = "".join(f"; {note}" for note in c.notes)
    if reason := _reason(c, confidence):
        return f"Undecided between {c.a} and {c.b} on {c.task}: {reason}; {figures}{notes}."
    agreed = f"{_all(len(_tests(c)))} at the {1 - confidence:.3g} level"
    return f"{c.a} is {outcome(c, confidence)} than {c.b} on {c.task}: {figures}; {agreed}{notes}."


def _reason(c: Comparison, confidence: float) -> str:
    """Why nothing can be decided; empty where it can."""
    alpha = 1 - confidence
    if c.ci is None:
        return "there is no interval"
    if c.ci[0] <= 0 <= c.ci[1]:
        return "the interval includes 0"
    tests = _tests(c)
    missed = [name for name, p, _ in tests if p >= alpha]
    opposed = [name for name, p, sign in tests if p < alpha and sign * c.difference <= 0]
    if not missed and not opposed:
        return ""
    found = [name for name, p, sign in tests if p < alpha and sign * c.difference > 0]
    parts = [
        _clause(found, "finds", "find", f"the difference at the {alpha:.3g} level"),
        _clause(missed, "does", "do", "not"),
        _clause(opposed, "points", "point", "the other way"),
    ]
    return "the tests disagree: " + ", ".join(part for part in parts if part)


def _tests(c: Comparison) -> list[tuple[str, float, float]]:
    """Name, p and a number with the sign of the direction found, of every test that could be computed."""
    tests = [
        ("the paired bootstrap", c.p_bootstrap, c.difference),
        ("McNemar's test", c.mcnemar.p, float(c.mcnemar.a_only - c.mcnemar.b_only)),
        ("the corrected t-test", c.p_corrected_t, c.fold_difference),
    ]
    return [(name, p, sign) for name, p, sign in tests if p is not None]


def _figures(c: Comparison, confidence: float) -> str:
    shown = f"{NAMES[c.metric]} of {c.a} minus {c.b} is {c.difference:+.3f}"
    if c.ci is not None:
        shown += f" ({confidence * 100:g} % interval {c.ci[0]:+.3f} to {c.ci[1]:+.3f})"
    if c.p_bootstrap is not None:
        shown += f", paired bootstrap {_p(c.p_bootstrap)}"
    ensemble = f" of the mean probability over {c.repetitions} repetitions" if c.repetitions > 1 else ""
    shown += f", McNemar on accuracy{ensemble} {_p(c.mcnemar.p)} (only {c.a} right on {c.mcnemar.a_only} sentences"
    shown += f", only {c.b} on {c.mcnemar.b_only})"
    if c.p_corrected_t is not None:
        shown += f", corrected t-test over {c.folds} folds {_p(c.p_corrected_t)}"
    return shown


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def _all(count: int) -> str:
    return "all three tests agree" if count == 3 else "both tests agree"


def _clause(names: Sequence[str], singular: str, plural: str, rest: str) -> str:
    if not names:
        return ""
    return f"{' and '.join(names)} {singular if len(names) == 1 else plural} {rest}"
