"""Minimal pairs: shares of pairs right, moved as expected, and models compared."""

from __future__ import annotations

import json

import pytest
from scipy import stats

from pipeline.codebook import Codebook, Task
from pipeline.errors import DataError
from pipeline.evaluation.challenge import evaluate_pairs
from pipeline.probes.pairs import MinimalPair
from pipeline.records import LabeledSentence, Prediction
from pipeline.settings.evaluation import EvaluationSettings

BOOK = Codebook(
    "tiny",
    "1",
    tasks={
        "stance": Task(labels=dict.fromkeys(("against", "favor"), "")),
        "frame": Task(labels=dict.fromkeys(("security", "none"), "")),
    },
)
SETTINGS = EvaluationSettings(bootstrap=200, compare=[["right", "constant"], ["right", "absent"]])


def pair(number: int, kind: str, first: tuple[str, str | None], second: tuple[str, str | None]) -> MinimalPair:
    same = kind == "voice"
    sentences = tuple(
        LabeledSentence(f"p{number}{letter}", f"Text {number} {letter}", {"stance": stance, "frame": frame})
        for letter, (stance, frame) in zip("ab", (first, second), strict=True)
    )
    tasks = ("stance", "frame") if same else ("stance",)
    return MinimalPair(f"p{number}", kind, "both_same" if same else "stance_flips", tasks, same, sentences)


PAIRS = [
    *(pair(n, "negation", ("against", "none"), ("favor", None)) for n in range(4)),
    *(pair(n, "voice", ("favor", "security"), ("favor", "security")) for n in range(4, 10)),
]


def predictions(model: str, wrong: frozenset[tuple[str, str]] = frozenset()) -> list[Prediction]:
    """Right everywhere but for the sentences and tasks in `wrong`; `constant` says the first label of all."""
    rows = []
    for sentence in (one for pair in PAIRS for one in pair.sentences):
        for task in BOOK.tasks:
            label = sentence.labels[task]
            index = 0 if model == "constant" or label is None else BOOK.index(task, label)
            if (sentence.id, task) in wrong:
                index = 1 - index
            row = (0.9, 0.1) if index == 0 else (0.1, 0.9)
            rows.append(Prediction(sentence.id, task, model, 0, 0, row))
    return rows


@pytest.fixture(scope="module")
def found():
    one_slip = frozenset({("p4a", "frame")})
    rows = {"right": predictions("right"), "slip": predictions("slip", one_slip), "constant": predictions("constant")}
    result = evaluate_pairs(rows, PAIRS, BOOK, SETTINGS, 0)
    json.dumps(result, allow_nan=False)
    return result


def test_shares_of_pairs_right(found):
    shares = {model: (one["both_right"]["right"], one["both_right"]["of"]) for model, one in found["models"].items()}
    assert shares == {"right": (10, 10), "slip": (9, 10), "constant": (0, 10)}
    assert found["models"]["slip"]["kinds"]["voice"]["both_right"]["share"] == pytest.approx(5 / 6)
    assert found["models"]["slip"]["tasks"]["stance"]["both_right"]["right"] == 10
    share = found["models"]["slip"]["tasks"]["frame"]["both_right"]
    assert (share["right"], share["of"]) == (5, 6)
    assert share["ci"] == pytest.approx(list(stats.binomtest(5, 6).proportion_ci(method="wilson")))


def test_a_constant_model_never_moves(found):
    kinds = found["models"]["constant"]["kinds"]
    assert kinds["negation"]["moves_as_expected"]["right"] == 0
    assert kinds["voice"]["moves_as_expected"]["right"] == 6
    assert kinds["voice"]["accuracy"] == {"stance": 0.0, "frame": 1.0}
    tasks = found["models"]["constant"]["tasks"]
    assert tasks["stance"]["macro_f1"]["mean"] == pytest.approx(tasks["stance"]["chance"])


def test_unlabelled_sentences_do_not_count(found):
    assert found["models"]["right"]["tasks"]["frame"]["sentences"] == 16
    assert found["models"]["right"]["tasks"]["stance"]["sentences"] == 20


def test_kinds_and_comparisons(found):
    assert found["kinds"] == {
        "negation": {"expect": ["stance_flips"], "pairs": 4},
        "voice": {"expect": ["both_same"], "pairs": 6},
    }
    (comparison,) = found["comparisons"]
    assert (comparison["a_only"], comparison["b_only"], comparison["of"]) == (10, 0, 10)
    assert comparison["p_mcnemar"] == pytest.approx(2 / 2**10)


def test_a_missing_prediction_is_named():
    rows = [row for row in predictions("right") if row.sentence != "p3b"]
    with pytest.raises(DataError, match="no prediction of 'right' for 'p3b', task 'stance'"):
        evaluate_pairs({"right": rows}, PAIRS, BOOK, SETTINGS, 0)
