"""Labelling functions: anything that looks at a sentence and votes for a label, or abstains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.codebook import Codebook
from pipeline.errors import ConfigError, DataError
from pipeline.labeling.rules import SentenceInContext, read_rules
from pipeline.records import Sentence, Vote, VoteKind
from pipeline.settings.labeling import FunctionSettings, LabelingSettings


class LabelingFunction(Protocol):
    """A rule of a rule file, or a function in Python. Its votes bear its `name`; `reason` says why they are right."""

    @property
    def name(self) -> str: ...

    @property
    def task(self) -> str: ...

    @property
    def reason(self) -> str: ...

    def vote(self, sentence: SentenceInContext) -> str | None:
        """A label of the task, or None for an abstention."""
        ...


@dataclass(frozen=True, slots=True)
class PythonFunction:
    """A function in Python as a labelling function; `source` is the file that it is defined in, for provenance."""

    name: str
    task: str
    reason: str
    labels: tuple[str, ...]
    source: Path
    call: Callable[[SentenceInContext], str | None]

    def vote(self, sentence: SentenceInContext) -> str | None:
        """What the function returns; raises DataError where it fails or returns no label of its task."""
        try:
            label = self.call(sentence)
        except Exception as error:  # whatever a user's function raises is told in one line
            problem = " ".join(f"{type(error).__name__}: {error}".split())
            raise DataError(f"labelling function {self.name} failed on {sentence.text[:60]!r} ({problem})") from error
        if label is not None and label not in self.labels:
            raise DataError(
                f"labelling function {self.name} returned {label!r} for {sentence.text[:60]!r};"
                f" {self.task} has {', '.join(self.labels)}, and None abstains"
            )
        return label


def load_functions(settings: LabelingSettings, codebook: Codebook, root: Path) -> list[LabelingFunction]:
    """The rules of the rule files, relative to `root`, and the functions in Python that `settings` name.

    Raises DataError for a fault in a rule file, ConfigError for a function that is not there and for a name used twice.
    """
    functions: list[LabelingFunction] = [
        rule for file in read_rules(root, settings.rules, codebook) for rule in file.rules
    ]
    functions += [_python_function(function, codebook) for function in settings.functions]
    names = [function.name for function in functions]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"labeling.functions: the name {name!r} is used twice; give one another `name`")
    return functions


def cast_votes(functions: Sequence[LabelingFunction], sentences: Sequence[Sentence], codebook: Codebook) -> list[Vote]:
    """The votes of `functions` on `sentences`, of kind `rule`; abstentions are left out."""
    text_at = {(sentence.document, sentence.index): sentence.text for sentence in sentences}
    votes: list[Vote] = []
    for sentence in sentences:
        before = text_at.get((sentence.document, sentence.index - 1), "")
        seen = SentenceInContext(sentence.text, before, sentence.section)
        for function in functions:
            if (label := function.vote(seen)) is not None:
                votes.append(Vote(sentence.id, function.task, label, function.name, VoteKind.RULE, codebook.identifier))
    return votes


def _python_function(settings: FunctionSettings, codebook: Codebook) -> PythonFunction:
    from hydra.utils import get_method  # to classify with rules takes no Hydra

    target = settings._target_
    if settings.task not in codebook.tasks:
        raise ConfigError(
            f"labeling.functions: {target} is for task {settings.task!r}; choose of {', '.join(codebook.tasks)}"
        )
    try:
        call = get_method(target)
        source = Path(call.__code__.co_filename)
    except Exception as error:  # Hydra's own, and whatever the module raises when it is imported
        problem = " ".join(str(error).split())
        raise ConfigError(f"labeling.functions: {target!r} is no function that can be imported ({problem})") from error
    name = settings.name or target.rpartition(".")[2]
    return PythonFunction(name, settings.task, settings.reason, codebook.labels(settings.task), source, call)
