"""Settings of the probes: which questions are put to which models."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.settings.checks import check_choice, check_range

MINIMAL_PAIRS = "minimal_pairs"
PROBES = (
    MINIMAL_PAIRS,
    "labels_shuffled",
    "words_shuffled",
    "entities_masked",
    "holders_masked",
    "length_only",
    "target_hidden",
    "random_folds",
    "leave_one_document_out",
    "leave_one_kind_out",
)


@dataclass
class ProbeSettings:
    """What the models are tested on besides out-of-fold sentences.

    `run` names probes. `minimal_pairs` puts the sentences of `labeling.challenge` to every final model, and to models
    that train in no time. All others train `models`, as far as the run has them, anew on the changed sentences or
    folds of the first repetition. `learning_curve` lists shares of the training groups, in (0, 1), to train on.

    With `quick`, these trainings leave out the composed sentences and take the first value of each list of
    hyperparameters instead of tuning: a fit of the baseline then takes less than a second. The model that a probe is
    held against is trained in the same way.

    `name_tasks` are tasks whose labels are names, which no model can tell once the names are masked.
    """

    run: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    learning_curve: list[float] = field(default_factory=list)
    quick: bool = True
    name_tasks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in self.run:
            check_choice("probes.run", name, PROBES)
        for share in self.learning_curve:
            check_range("probes.learning_curve", share, 0.01, 0.99)
