from __future__ import annotations

from pipeline.seeding import derive_seed


def test_every_use_has_its_own_seed() -> None:
    uses = [(root, use, repetition) for root in range(3) for use in ("split", "train") for repetition in range(50)]
    assert len({derive_seed(*use) for use in uses}) == len(uses)


def test_a_seed_never_changes_between_machines() -> None:
    assert derive_seed(0, "split", 0) == 275006070
