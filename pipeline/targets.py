"""What the stance is towards, where a data set has several targets: an input of the models like the text itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.records import LabeledSentence


def known_targets(sentences: Iterable[LabeledSentence]) -> tuple[str, ...]:
    """The targets of `sentences`, sorted; empty where none has one."""
    return tuple(sorted({sentence.target for sentence in sentences} - {""}))


def hide_targets(sentences: Iterable[LabeledSentence]) -> list[LabeledSentence]:
    """`sentences` without their targets: the control that shows how much a model makes of them.

    A stance that can be guessed without knowing its target is a property of the text's tone or topic; models that score
    as well on hidden targets have not learnt stance *towards* anything (Kaushal et al. 2021, "tWT-WT: A Dataset to
    Assert the Role of Target Entities for Detecting Stance of Tweets").
    """
    return [replace(sentence, target="") for sentence in sentences]
