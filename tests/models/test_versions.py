from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.codebook import Codebook
from pipeline.models.training import LengthGroupedBatches
from pipeline.models.versions import versions
from pipeline.records import LabeledSentence
from pipeline.settings.transformer import TransformerSettings

LABELS: dict[str, str | None] = {"stance": "against", "frame": "none"}
SENTENCES = [LabeledSentence(f"s{n}", f"Peru rejects it {n} times.", LABELS, context="Chad spoke.") for n in range(40)]


@pytest.fixture
def free(codebook: Codebook) -> Codebook:
    """Naming another country leaves the stance."""
    return replace(codebook, tasks={**codebook.tasks, "stance": replace(codebook.tasks["stance"], country_free=True)})


def shown(codebook: Codebook, settings: TransformerSettings, epochs: int = 25) -> list[LabeledSentence]:
    """What so many epochs show."""
    found = versions(SENTENCES, codebook, settings, seed=1)
    lengths = [len(one.text.split()) for one in found.sentences]
    batches = LengthGroupedBatches(lengths, 8, always=40, share=0.0, seed=1, versions=found.weights)
    rows = [found.sentences[row] for _ in range(epochs) for batch in batches for row in batch]
    assert [len({one.id for one in rows[start : start + 40]}) for start in range(0, len(rows), 40)] == [40] * epochs
    return rows


@pytest.mark.parametrize(
    ("settings", "swapped", "alone"),
    [
        (TransformerSettings(swap_countries=0.0, context=False), 0.0, 0.0),
        (TransformerSettings(swap_countries=0.5, context=False), 0.5, 0.0),
        (TransformerSettings(swap_countries=1.0, context=False), 1.0, 0.0),
        (TransformerSettings(swap_countries=0.2, context=True, context_dropout=0.7), 0.2, 0.7),
        (TransformerSettings(swap_countries=0.0, context=True, context_dropout=1.0), 0.0, 1.0),
        (TransformerSettings(swap_countries=0.0, context=True, context_dropout=0.0), 0.0, 0.0),
    ],
)
def test_epochs_show_every_sentence_once_in_versions_of_the_given_shares(
    settings: TransformerSettings, swapped: float, alone: float, free: Codebook
) -> None:
    rows = shown(free, settings)
    assert sum(not one.text.startswith("Peru") for one in rows) / len(rows) == pytest.approx(swapped, abs=0.06)
    assert sum(not one.context for one in rows) / len(rows) == pytest.approx(alone, abs=0.06)


def test_countries_stay_where_every_label_hangs_on_them(codebook: Codebook) -> None:
    assert all(
        one in SENTENCES for one in shown(codebook, TransformerSettings(swap_countries=1.0, context=False), epochs=2)
    )
