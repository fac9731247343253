"""A probe: a named change of what models are trained and tested on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.models.base import TrainingData
from pipeline.probes.study import Study
from pipeline.records import LabeledSentence
from pipeline.seeding import derive_seed
from pipeline.splitting import Fold

Rewrite = Callable[[LabeledSentence], LabeledSentence]
Relabel = Callable[[Sequence[LabeledSentence], int], list[LabeledSentence]]


@dataclass(frozen=True, slots=True)
class Part:
    """One training: its name, what it learns from and what it is tested on, both as the probe changed them."""

    name: str
    data: TrainingData
    test: tuple[LabeledSentence, ...]


def keep(study: Study) -> Rewrite:
    """Leaves every sentence as it is."""
    return lambda sentence: sentence


def own_folds(study: Study) -> dict[str, Fold]:
    """The folds of the run itself."""
    return {f"fold {number}": fold for number, fold in enumerate(study.folds)}


def always(study: Study) -> str:
    """No obstacle."""
    return ""


@dataclass(frozen=True, slots=True)
class Probe:
    """All of its functions are pure: equal studies give equal parts.

    `rewrite` changes every sentence alike, whether trained on, composed or tested. `relabel` changes the labels of the
    sentences trained on, from a seed; tested ones keep theirs. `divide` makes named folds. `obstacle` says in words
    why the probe cannot be put to a study, and nothing where it can.
    """

    name: str
    rewrite: Callable[[Study], Rewrite] = keep
    relabel: Relabel | None = None
    divide: Callable[[Study], dict[str, Fold]] = own_folds
    obstacle: Callable[[Study], str] = always

    @property
    def changes_sentences(self) -> bool:
        """Whether sentences differ from those of the run, so that work on the composed ones cannot be shared."""
        return self.rewrite is not keep or self.relabel is not None

    def composed(self, study: Study) -> tuple[LabeledSentence, ...]:
        """The composed sentences of every part, changed."""
        return tuple(self._trained_on([*map(self.rewrite(study), study.composed)], study, "composed"))

    def parts(self, study: Study) -> list[Part]:
        """Everything that has to be trained, in order."""
        rewrite = self.rewrite(study)
        rewritten = replace(study, sentences={key: rewrite(one) for key, one in study.sentences.items()})
        composed = self.composed(study)
        parts = []
        for name, fold in self.divide(study).items():
            data = rewritten.data(fold)
            sentences = self._trained_on(data.sentences, study, name)
            development = self._trained_on(data.development, study, f"{name}, development")
            data = replace(data, sentences=sentences, development=development, composed=composed)
            parts.append(Part(name, data, tuple(rewritten.sentences[one] for one in fold.test)))
        return parts

    def _trained_on(self, sentences: Sequence[LabeledSentence], study: Study, use: str) -> Sequence[LabeledSentence]:
        if self.relabel is None:
            return sentences
        return self.relabel(sentences, derive_seed(study.seed, self.name, use))
