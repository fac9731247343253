"""Settings of the split stage."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings.checks import check_choice, check_range

STRATEGIES = ("grouped", "random", "leave_one_document_out", "leave_one_target_out", "holdout", "given")
TESTED = ("test", "development")


@dataclass
class SplitSettings:
    """How labelled sentences are divided into training and test parts.

    `strategy`: `grouped` (stratified grouped k-fold), `random` (sentence by sentence, to show what leakage would
    feign), `leave_one_document_out`, `leave_one_target_out`, `holdout` (one grouped split), or `given` (the parts that
    the data came with). `repetitions` repeats it with derived seeds; of `given`, only what models draw then differs.
    Documents with more than `whole_document_limit` sentences are cut into blocks of `block_size` neighbours; shorter
    ones are one group. Sentences whose character 3-gram Jaccard similarity reaches `near_duplicate` share a group.
    With `near_duplicate` 0 none are looked for, in folds or in the leak check. `holdout_fraction` is the share of
    sentences that `holdout` tests on. `tested` is the part that `given` tests on: `test`, or `development` to choose
    settings without a look at the test part.
    """

    strategy: str = "grouped"
    folds: int = 5
    repetitions: int = 1
    block_size: int = 15
    whole_document_limit: int = 60
    near_duplicate: float = 0.8
    holdout_fraction: float = 0.2
    tested: str = "test"

    def __post_init__(self) -> None:
        check_choice("split.strategy", self.strategy, STRATEGIES)
        check_range("split.folds", self.folds, 2, 100)
        check_range("split.repetitions", self.repetitions, 1, 1000)
        check_range("split.block_size", self.block_size, 1)
        check_range("split.whole_document_limit", self.whole_document_limit, 0)
        if self.near_duplicate != 0:
            check_range("split.near_duplicate", self.near_duplicate, 0.1, 1.0)
        check_range("split.holdout_fraction", self.holdout_fraction, 0.05, 0.5)
        check_choice("split.tested", self.tested, TESTED)
