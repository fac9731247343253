"""What a probe starts from: the first repetition of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.models.base import TrainingData
from pipeline.records import LabeledSentence
from pipeline.settings.split import SplitSettings
from pipeline.splitting import Fold


@dataclass(frozen=True)
class Study:
    """Sentences and folds of one repetition.

    `sentences` maps ids to the labelled sentences of the documents, `groups` to the group that stays together, `kinds`
    ids of documents to what they are (news report, thesis; empty where nobody says). `seed` is that of the run.
    """

    sentences: Mapping[str, LabeledSentence]
    composed: tuple[LabeledSentence, ...]
    folds: tuple[Fold, ...]
    groups: Mapping[str, str]
    kinds: Mapping[str, str]
    split: SplitSettings
    seed: int

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents that have labelled sentences, in order of appearance."""
        return tuple(dict.fromkeys(one.document or "" for one in self.sentences.values()))

    def data(self, fold: Fold) -> TrainingData:
        """What a model may learn from in `fold`."""
        return TrainingData(
            sentences=[self.sentences[one] for one in fold.train],
            groups={one: self.groups[one] for one in (*fold.train, *fold.development)},
            composed=self.composed,
            development=[self.sentences[one] for one in fold.development],
        )

    def whole(self) -> TrainingData:
        """All labelled sentences, as a final model learns from them; a given development part keeps its use."""
        development = self.folds[0].development
        return self.data(Fold(tuple(sorted(self.sentences.keys() - set(development))), (), development))
