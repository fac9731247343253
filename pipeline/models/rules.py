"""The rules as a comparator: what patterns written by hand know, with nothing learnt but how frequent labels are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts import read_json, write_json
from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, DataError
from pipeline.labeling.rules import RuleFile, SentenceInContext, parse_rules, read_rules
from pipeline.models.base import Model, Probabilities, TrainingData
from pipeline.models.model_note import read_note, write_note
from pipeline.settings.rules import RulesSettings

KIND = "rules"
RULES = "rules.json"
FORMAT = 1


class RulesModel(Model):
    """A label's probability is its share of the rules' votes, with one more vote shared out as labels are frequent.

    That is the posterior mean under a Dirichlet prior worth one vote, whose mean are the (add-one smoothed) frequencies
    of the training labels. So a sentence on which all rules abstain gets these frequencies, and they break ties. A rule
    that asks for a section abstains, as a sentence on its own has none.
    """

    settings: RulesSettings

    def __init__(self, settings: RulesSettings, codebook: Codebook) -> None:
        super().__init__(settings, codebook)
        self.files: tuple[RuleFile, ...] = ()
        self.priors: dict[str, NDArray[np.float64]] = {}

    def fit(self, data: TrainingData, seed: int, prepared: Path | None = None) -> dict[str, Any]:
        """Read the rules, count the labels of the document sentences; returns the numbers of rules and labels.

        Raises DataError for a broken rule file and for a task without rules or labels.
        """
        self.files = tuple(read_rules(self.root, self.settings.files, self.codebook))
        if missing := [task for task in self.codebook.tasks if all(file.task != task for file in self.files)]:
            raise DataError(f"model.rules.files holds no rules for {missing[0]}; add a file, or leave the model out")
        counts: dict[str, dict[str, int]] = {}
        for task in self.codebook.tasks:
            found = Counter(sentence.labels.get(task) for sentence in data.sentences)
            counts[task] = {label: found[label] for label in self.codebook.labels(task)}
            if not any(counts[task].values()):
                raise DataError(f"no training sentence has a {task} label; check the annotations or leave the task out")
            smoothed = np.array([count + 1 for count in counts[task].values()], dtype=np.float64)
            self.priors[task] = smoothed / smoothed.sum()
        rules = {task: sum(len(file.rules) for file in self.files if file.task == task) for task in self.codebook.tasks}
        return {"rules": rules, "counts": counts}

    def predict_proba(
        self,
        texts: Sequence[str],
        contexts: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
    ) -> Probabilities:
        """Probabilities a task, shape (texts, labels), rows summing to 1.

        A context tells who speaks in a sentence that is quoted throughout; `targets` are ignored.
        """
        if not self.files:
            raise DataError("the rules model has not been fitted or loaded; call fit or load first")
        before = [""] * len(texts) if contexts is None else contexts
        votes = {task: np.zeros((len(texts), len(prior))) for task, prior in self.priors.items()}
        for row, (text, context) in enumerate(zip(texts, before, strict=True)):
            sentence = SentenceInContext(text, context)
            for file in self.files:
                for rule in file.rules:
                    if (label := rule.vote(sentence)) is not None:
                        votes[file.task][row, self.codebook.index(file.task, label)] += 1
        return {
            task: (cast + self.priors[task]) / (cast.sum(axis=1, keepdims=True) + 1) for task, cast in votes.items()
        }

    def save(self, folder: Path) -> None:
        """Write the rule files' texts to `rules.json` and the frequencies to `model.json`, in the empty `folder`."""
        files = [{"name": file.name, "text": file.text} for file in self.files]
        write_json(folder / RULES, {"format": FORMAT, "files": files})
        priors = {task: prior.tolist() for task, prior in self.priors.items()}
        write_note(folder, KIND, self.codebook, self.settings, {"priors": priors, "context": True})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a saved model, its rules checked as when they were first read.

        Raises ArtifactError when a file is missing, altered or of a newer format.
        """
        note = read_note(folder, KIND, (RULES,))
        model = cls(note.settings_as(RulesSettings), note.codebook)
        stored = read_json(folder / RULES)
        try:
            if stored["format"] != FORMAT:
                raise ArtifactError(f"{folder / RULES} has format {stored['format']}, this version reads {FORMAT}")
            model.files = tuple(parse_rules(file["text"], file["name"], note.codebook) for file in stored["files"])
            model.priors = _checked_priors(note.details["priors"], note.codebook)
        except (DataError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArtifactError(f"{folder} does not hold whole rules ({error}); train the model again") from error
        return model


def _checked_priors(found: Any, codebook: Codebook) -> dict[str, NDArray[np.float64]]:
    """Frequencies as `save` writes them; raises ValueError for anything else."""
    priors = {task: np.array(values, dtype=np.float64) for task, values in found.items()}
    if priors.keys() != codebook.tasks.keys():
        raise ValueError("no label frequencies for every task")
    for task, prior in priors.items():
        if prior.shape != (len(codebook.labels(task)),) or not (prior > 0).all() or abs(prior.sum() - 1) > 1e-9:
            raise ValueError(f"{task} has frequencies {prior.tolist()}")
    return priors
