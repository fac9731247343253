"""Invented predictions, metrics, comparisons and agreement, of the shape that the evaluation leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.codebook import Codebook
from pipeline.records import LabeledSentence, Prediction

MODELS = {"majority": 0.0, "stratified": 0.1, "tfidf": 0.55, "transformer": 0.75}
"""Share of sentences that each invented model gets right on purpose."""


def predict(
    codebook: Codebook, labeled: Sequence[LabeledSentence], models: Sequence[str], repetitions: int
) -> list[Prediction]:
    generator = np.random.default_rng(11)
    made = []
    for model in models:
        for repetition in range(repetitions):
            for position, sentence in enumerate(labeled):
                for task, label in sentence.labels.items():
                    if label is None:
                        continue
                    names = codebook.labels(task)
                    weights = generator.dirichlet(np.full(len(names), 0.6))
                    if model == "majority":
                        weights = np.eye(len(names))[-1]
                    elif generator.random() < MODELS.get(model, 0.5):
                        weights = 0.3 * weights + 0.7 * np.eye(len(names))[names.index(label)]
                    made.append(
                        Prediction(sentence.id, task, model, repetition, position % 5, tuple(map(float, weights)))
                    )
    return made


def score(value: float, repetitions: int, width: float = 0.04) -> dict[str, Any]:
    return {
        "mean": value,
        "sd": 0.0123 if repetitions > 1 else None,
        "ci": [max(0.0, value - width), min(1.0, value + width)],
        "per_repetition": [value] * repetitions,
    }


def task_metrics(
    codebook: Codebook,
    task: str,
    labeled: Sequence[LabeledSentence],
    predictions: Sequence[Prediction],
    repetitions: int,
) -> dict[str, Any]:
    labels = codebook.labels(task)
    gold = {sentence.id: sentence.labels[task] for sentence in labeled if sentence.labels.get(task)}
    support = {label: sum(found == label for found in gold.values()) for label in labels}
    models: dict[str, Any] = {}
    for model in dict.fromkeys(prediction.model for prediction in predictions):
        rows = [p for p in predictions if p.model == model and p.task == task]
        truth = np.array([codebook.index(task, str(gold[p.sentence])) for p in rows])
        table = np.array([p.probabilities for p in rows])
        models[model] = model_metrics(labels, support, truth, table, repetitions, bool(codebook.tasks[task].contrast))
    return {
        "labels": list(labels),
        "support": support,
        "sentences": len(gold),
        "groups": 9,
        "models": models,
    }


def model_metrics(
    labels: Sequence[str], support: dict[str, int], truth: Any, table: Any, repetitions: int, contrast: bool
) -> dict[str, Any]:
    guess, confidence = table.argmax(axis=1), table.max(axis=1)
    matrix = np.zeros((len(labels), len(labels)))
    np.add.at(matrix, (truth, guess), 1 / repetitions)
    hits = np.diag(matrix)
    recall = hits / np.maximum(matrix.sum(axis=1), 1e-9)
    precision = hits / np.maximum(matrix.sum(axis=0), 1e-9)
    f1 = 2 * hits / np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1e-9)
    order = np.argsort(-confidence)
    right = (guess == truth)[order]
    coverage = np.arange(1, len(right) + 1) / len(right)
    risk = np.cumsum(~right) / np.arange(1, len(right) + 1)
    bins = [chunk for chunk in np.array_split(order[::-1], 5) if len(chunk)]
    step = max(1, len(right) // 150)
    metrics = {
        key: score(float(value), repetitions)
        for key, value in (
            ("macro_f1", f1.mean()),
            ("accuracy", right.mean()),
            ("mcc", right.mean() - 0.1),
            ("log_loss", 0.8),
            ("brier", 0.4),
            ("ece", 0.07),
        )
    }
    if contrast:
        metrics["contrast_f1"] = score(float(f1[:2].mean()), repetitions)
    return {
        **metrics,
        "labels": {
            label: {
                "precision": score(float(precision[k]), repetitions, 0.1),
                "recall": score(float(recall[k]), repetitions, 0.1),
                "f1": score(float(f1[k]), repetitions, 0.1),
                "support": support[label],
                "tier": "ABC"[k % 3],
            }
            for k, label in enumerate(labels)
        },
        "confusion": [[round(float(cell), 4) for cell in row] for row in matrix],
        "per_fold": [
            {"repetition": r, "fold": k, "macro_f1": float(f1.mean()), "accuracy": float(right.mean()), "n_test": 8}
            for r in range(repetitions)
            for k in range(5)
        ],
        "reliability": [
            {
                "confidence": float(confidence[chunk].mean()),
                "accuracy": float((guess == truth)[chunk].mean()),
                "count": len(chunk),
            }
            for chunk in bins
        ],
        "risk_coverage": {
            "coverage": coverage[::step].tolist(),
            "risk": risk[::step].tolist(),
            "area": float(risk.mean()),
            "at_precision": {
                "0.90": {"coverage": 0.41, "threshold": 0.87},
                "0.95": {"coverage": 0.0, "threshold": None},
            },
        },
    }


def comparison(metrics: dict[str, Any]) -> dict[str, Any]:
    tasks = {}
    for task, found in metrics["tasks"].items():
        if not {"transformer", "tfidf"} <= set(found["models"]):
            continue
        first, second = (found["models"][model]["macro_f1"]["mean"] for model in ("transformer", "tfidf"))
        difference = first - second
        tasks[task] = {
            "a": "transformer",
            "b": "tfidf",
            "metric": "macro_f1",
            "difference": difference,
            "ci": [difference - 0.05, difference + 0.05],
            "p_bootstrap": 0.0004,
            "p_mcnemar": 0.02,
            "p_corrected_t": 0.01,
            "mcnemar": {"a_only": 9, "b_only": 3},
            "folds": 5,
            "outcome": "undecided" if abs(difference) <= 0.05 else "better" if difference > 0 else "worse",
            "verdict": f"transformer beats tfidf on {task} by {100 * difference:.1f} points",
        }
    return {"schema": 1, "tasks": tasks, "pairs": []}


def agreement(codebook: Codebook, labeled: Sequence[LabeledSentence]) -> dict[str, Any]:
    tasks = {}
    for task in codebook.tasks:
        labels = codebook.labels(task)
        counts = np.zeros((len(labels), len(labels)), dtype=int)
        for sentence in labeled:
            if sentence.labels[task]:
                k = codebook.index(task, str(sentence.labels[task]))
                counts[k, k] += 1
        counts[0, 1] = 2
        tasks[task] = {
            "annotators": ["pass_1", "pass_2"],
            "sentences": int(counts.sum()),
            "percent": 96.55,
            "alpha": {"value": 0.951, "ci": [0.91, 0.98]},
            "labels": {
                label: {"percent": 98.0, "alpha": {"value": 0.94, "ci": None}, "support": int(counts[k].sum())}
                for k, label in enumerate(labels)
            },
            "confusions": [{"rows": "pass_1", "columns": "pass_2", "labels": list(labels), "counts": counts.tolist()}],
            "disagreements": [labeled[0].id, labeled[1].id],
        }
    return {"schema": 1, "tasks": tasks}
