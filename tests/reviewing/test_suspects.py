"""Wrong labels are found, and what is found is told as it is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from pipeline.codebook import Codebook, Task
from pipeline.records import LabeledSentence, Prediction
from pipeline.reviewing.suspects import Suspect, find_suspects, neighbour_votes
from pipeline.reviewing.vectors import TFIDF, sentence_vectors

NAMES = ("against", "favor", "neutral")
CODEBOOK = Codebook("tiny", "1", tasks={"stance": Task(labels=dict.fromkeys(NAMES, ""))})


def vectors(given: list[int], seed: int = 0) -> np.ndarray:
    """Sentences of one label lie close together."""
    made = 3 * np.eye(3)[given] + np.random.default_rng(seed).normal(size=(len(given), 3))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def sentences(given: list[int | None]) -> list[LabeledSentence]:
    labels = [None if label is None else NAMES[label] for label in given]
    return [LabeledSentence(f"s-{n}", f"Text {n}.", {"stance": label}) for n, label in enumerate(labels)]


def predictions(truth: list[int], model: str = "good", sure: float = 0.8, repetitions: int = 1) -> list[Prediction]:
    rest = (1 - sure) / 2
    return [
        Prediction(f"s-{n}", "stance", model, repetition, 0, tuple(sure if k == label else rest for k in range(3)))
        for repetition in range(repetitions)
        for n, label in enumerate(truth)
    ]


@pytest.fixture
def truth() -> list[int]:
    return [n % 3 for n in range(60)]


def test_wrong_labels_come_first(truth: list[int]) -> None:
    given = list(truth)
    for wrong in (4, 20, 33):
        given[wrong] = (given[wrong] + 1) % 3
    found = find_suspects(sentences(given), predictions(truth), ["good"], vectors(truth), CODEBOOK)["stance"]
    assert {one.sentence for one in found[:3]} == {"s-4", "s-20", "s-33"}
    first = found[0]
    number = int(first.sentence.removeprefix("s-"))
    assert (first.given, first.suggested) == (NAMES[given[number]], NAMES[truth[number]])
    assert (first.probability, first.suggested_probability) == pytest.approx((0.1, 0.8))
    assert first.score == pytest.approx((first.probability + first.neighbourhood) / 2)
    assert all(one.issue for one in found[:3])
    assert [one.score for one in found] == sorted(one.score for one in found)


def test_right_labels_are_no_suspects(truth: list[int]) -> None:
    found = find_suspects(sentences(list(truth)), predictions(truth), ["good"], vectors(truth), CODEBOOK)
    assert not [one for one in found["stance"] if one.probability > 0.5 and one.neighbourhood > 0.5]


def test_either_signal_counts(truth: list[int]) -> None:
    """A model that knows nothing leaves the verdict to the neighbours."""
    given = [1, *truth[1:]]
    found = find_suspects(sentences(given), predictions(truth, sure=1 / 3), ["good"], vectors(truth), CODEBOOK)
    assert found["stance"][0].sentence == "s-0"
    assert found["stance"][0].suggested == "against"
    assert all(NAMES[given[int(near.removeprefix("s-"))]] != "favor" for near in found["stance"][0].neighbours)


def test_models_and_repetitions_are_averaged(truth: list[int]) -> None:
    given = [1, *truth[1:]]
    both = [*predictions(truth, "good", 0.9, repetitions=3), *predictions(given, "bad", 0.9)]
    found = find_suspects(
        sentences(given), [*both, *predictions(given, "unasked")], ["good", "bad"], vectors(truth), CODEBOOK
    )
    suspect = next(one for one in found["stance"] if one.sentence == "s-0")
    assert suspect.probability == pytest.approx((0.05 + 0.9) / 2)


def test_sentences_without_a_label_or_a_prediction_are_passed_over(truth: list[int]) -> None:
    given: list[int | None] = [*truth]
    given[0], given[1], given[2] = 1, None, 0
    known = [one for one in predictions(truth) if one.sentence != "s-2"]
    found = find_suspects(sentences(given), known, ["good"], vectors(truth), CODEBOOK)["stance"]
    assert found[0].sentence == "s-0"
    assert not {"s-1", "s-2"} & {one.sentence for one in found}


@pytest.mark.parametrize("given", [[], [0], [0, 1], [2, 2, 2, 2]])
def test_few_sentences_or_a_single_label_break_nothing(given: list[int]) -> None:
    made = vectors(given) if given else np.zeros((0, 3), np.float32)
    found = find_suspects(sentences(list(given)), predictions(given), ["good"], made, CODEBOOK)
    assert all(isinstance(one, Suspect) for suspects in found.values() for one in suspects)


def test_neighbours_vote_by_similarity() -> None:
    made = csr_matrix(np.array([[1, 0], [0.8, 0.6], [0, 1.0], [0, 1.0]]))
    nearest, votes = neighbour_votes(made, np.array([0, 1, 1, 0]), 2)
    assert nearest[0][0] == 1
    assert votes[0] == pytest.approx([0.0, 1.0], abs=1e-4)
    # Of sentence 1, both 0 (0.8) and 3 (0.6) are against, 2 (0.6) is in favour.
    assert votes[1] == pytest.approx([0.7, 0.3])


def test_texts_as_vectors_know_their_likes() -> None:
    made = sentence_vectors(["They reject the inquiry.", "They rejected an inquiry.", "Rain fell on Monday."], TFIDF)
    similar = (made @ made.T).toarray()
    assert np.diag(similar) == pytest.approx(1.0)
    assert similar[0, 1] > 0.4 > similar[0, 2]


def test_the_reason_is_in_words() -> None:
    one = Suspect("s-0", "stance", "favor", "neutral", 0.1, 0.05, 0.9, 0.15, True, ())
    assert one.reason() == (
        "favor, rather neutral? models give favor 0.05 and neutral 0.90, 15% of the neighbourhood is favor; a label "
        "error by confident learning"
    )
