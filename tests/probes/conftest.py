"""A study of two kinds of documents to put probes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.probes.study import Study
from pipeline.records import LabeledSentence
from pipeline.settings.split import SplitSettings
from pipeline.splitting import Fold

KINDS = {"a": "news", "b": "news", "c": "thesis"}


def sentence(document: str, index: int, **changes: Any) -> LabeledSentence:
    stance = ("against", "favor", "neutral")[index % 3]
    made = LabeledSentence(
        f"{document}-{index:02d}",
        f"China and the UN Human Rights Council met envoy {index} of {document} on the matter.",
        {"stance": stance, "frame": None if index % 4 else "security"},
        document=document,
        index=index,
        context=f"Before it, Syria spoke {index} times.",
    )
    return replace(made, **changes)


def make_study(**changes: Any) -> Study:
    sentences = [sentence(document, index) for document in KINDS for index in range(12)]
    groups = {one.id: f"{one.document}:{one.index // 3}" for one in sentences}
    names = sorted(set(groups.values()))
    folds = []
    for number in range(3):
        tested = set(names[number::3])
        folds.append(
            Fold(
                train=tuple(one for one, group in groups.items() if group not in tested),
                test=tuple(one for one, group in groups.items() if group in tested),
            )
        )
    composed = tuple(
        LabeledSentence(
            f"q{n}", f"Invented words number {n}.", {"stance": "favor" if n % 2 else "against"}, composed=True
        )
        for n in range(10)
    )
    fields: dict[str, Any] = {
        "sentences": {one.id: one for one in sentences},
        "composed": composed,
        "folds": tuple(folds),
        "groups": groups,
        "kinds": KINDS,
        "split": SplitSettings(folds=3),
        "seed": 5,
    }
    return Study(**{**fields, **changes})


@pytest.fixture(scope="session")
def study() -> Study:
    return make_study()


@pytest.fixture(scope="session")
def study_with() -> Callable[..., Study]:
    return make_study
