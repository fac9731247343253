"""Settings of the label stage."""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from pipeline.errors import ConfigError
from pipeline.settings.checks import check_choice, check_range

AGGREGATORS = ("majority", "dawid_skene")


@dataclass
class FunctionSettings:
    """A labelling function in Python.

    `_target_` is its dotted path; it takes a `SentenceInContext` and returns a label of `task`, or None to abstain.
    `reason` says why its votes are right; `name` is what they bear (empty: the function's own).
    """

    _target_: str = MISSING
    task: str = MISSING
    reason: str = MISSING
    name: str = ""


@dataclass
class LabelingSettings:
    """Where votes come from and how they become labels. Files are named relative to the project root.

    `gold` and `passes` are JSON Lines files in the record format of the codebook page, empty where there is none, and
    `composed` lists such files of sentences that were written for training. `given` takes the labels that the rows of a
    corpus with a table came with. `votes` are JSON Lines files of votes, as the imports write them. A vote that
    followed another version of the codebook is refused unless `version_maps` names, by that version, a YAML or JSON
    file `{task: {old label: new label}}`, or one as drafted by `stance codebook diff --mapping`. `rules` are files of
    rules, `functions` labelling functions in Python.

    Of the votes on a sentence, those of the highest authority count (adjudicated, resolved, human, composed, model,
    rule); among them, `aggregator` decides: `majority` or `dawid_skene`. `challenge` names a file of minimal pairs, on
    which models are tested. `analyze` also writes and prints how the labelling functions do. `bootstrap` resamples give
    the interval of Krippendorff's alpha at `confidence`, which is also that of a labelling function's accuracy.
    """

    gold: str = "data/annotations/v1/gold.jsonl"
    passes: str = "data/annotations/v1/passes.jsonl"
    composed: list[str] = field(default_factory=lambda: ["data/annotations/v1/composed.jsonl"])
    challenge: str = ""
    given: bool = False
    votes: list[str] = field(default_factory=list)
    version_maps: dict[str, str] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    functions: list[FunctionSettings] = field(default_factory=list)
    aggregator: str = "majority"
    analyze: bool = False
    bootstrap: int = 1000
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.passes and not self.gold:
            raise ConfigError("labeling.gold is empty; name the file of resolved labels, as passes refer to its ids")
        if not (self.gold or self.given or self.votes or self.rules or self.functions):
            raise ConfigError(
                "labeling.gold is empty, and so are votes, rules and functions; name at least one, or set given=true"
            )
        if self.analyze and not (self.rules or self.functions):
            raise ConfigError("labeling.analyze needs labelling functions; name files under labeling.rules")
        check_choice("labeling.aggregator", self.aggregator, AGGREGATORS)
        check_range("labeling.bootstrap", self.bootstrap, 100, 1_000_000)
        check_range("labeling.confidence", self.confidence, 0.5, 0.999)
