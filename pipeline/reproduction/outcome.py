"""The outcome of a reproduction: what held, what did not, and how that is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.reproduction.environments import Difference
from pipeline.reproduction.numbers import ESTIMATES, Number, Regime, Verdict, compare_numbers
from pipeline.reproduction.predictions import PredictionMatch, match_predictions
from pipeline.reproduction.recorded import RecordedRun
from pipeline.reproduction.rerun import Rerun, Scope

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Claim:
    """What the report concludes of a comparison, in words, then and now."""

    task: str
    reported: str
    obtained: str

    @property
    def holds(self) -> bool:
        """Whether the same is concluded."""
        return self.reported == self.obtained


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Everything that was compared.

    `environment` lists what differs between the recorded environment (first) and this one (second); where it is empty,
    predictions have to be identical. `altered` names files of the report that differ from its manifest, `derived`
    files that the run made before training (labels, folds) and that came out differently.
    """

    run: str
    environment: tuple[Difference, ...]
    altered: tuple[str, ...]
    derived: tuple[str, ...]
    predictions: tuple[PredictionMatch, ...]
    numbers: tuple[Number, ...]
    claims: tuple[Claim, ...]
    repetitions: int

    @property
    def identical(self) -> bool:
        """Every prediction equals the reported one."""
        return all(match.identical for match in self.predictions)

    @property
    def failures(self) -> list[str]:
        """One phrase for everything that did not hold; empty where all did."""
        found = [f"{name} of the report was altered since it was written" for name in self.altered]
        found += [f"{name} came out differently" for name in self.derived]
        for match in self.predictions:
            place = f"{match.model} for {match.task}, repetition {match.repetition}, fold {match.fold}"
            if match.missing:
                found.append(f"predictions of {place} are of other sentences")
            elif not (match.identical or self.environment):
                found.append(f"predictions of {place} are not identical")
        found += [f"{number.name} differs" for number in self.numbers if number.verdict == Verdict.DIFFERS]
        found += [f"{claim.task}: another conclusion" for claim in self.claims if not claim.holds]
        return found

    @property
    def holds(self) -> bool:
        """Whether the report was reproduced as far as it was done again."""
        return not self.failures

    def as_json(self) -> dict[str, Any]:
        """Everything, JSON-able."""
        return {
            "schema": SCHEMA,
            "run": self.run,
            "holds": self.holds,
            "identical_predictions": self.identical,
            "failures": self.failures,
            "environment_differences": [difference._asdict() for difference in self.environment],
            "altered": list(self.altered),
            "derived": list(self.derived),
            "predictions": [{**asdict(match), "identical": match.identical} for match in self.predictions],
            "numbers": [
                {**asdict(number), "difference": number.difference, "verdict": number.verdict}
                for number in self.numbers
            ],
            "claims": [{**asdict(claim), "holds": claim.holds} for claim in self.claims],
        }


def judge(recorded: RecordedRun, obtained: Rerun, scope: Scope, environment: tuple[Difference, ...]) -> Reproduction:
    """Compare what was reported with what was obtained, within `scope`."""
    reported = [one for one in recorded.predictions() if scope.includes(one)]
    matches = match_predictions(reported, obtained.predictions)
    metrics, repetitions = recorded.metrics, int(recorded.metrics["repetitions"])
    regimes: dict[tuple[str, str], Regime] = {}
    for match in matches:
        exact = match.identical or not environment
        if regimes.get((match.task, match.model)) != Regime.SPREAD:
            regimes[match.task, match.model] = Regime.EXACT if exact else Regime.SPREAD
    pick = _part_numbers if scope.parts else _whole_numbers
    numbers = [
        number
        for (task, model), regime in regimes.items()
        for number in pick(metrics, obtained.metrics, (task, model), regime, repetitions)
    ]
    claims: list[Claim] = []
    if not scope.parts:
        for (task, a, b), pair, again in _pairs(recorded.comparison, obtained.comparison):
            exact = {regimes.get((task, model)) for model in (a, b)} == {Regime.EXACT}
            regime = Regime.EXACT if exact else Regime.SPREAD
            numbers += compare_numbers(pair, again, ("comparison", task, f"{a}-{b}"), regime, repetitions)
            claims.append(Claim(task, _claim(pair), _claim(again)))
    return Reproduction(
        run=recorded.settings.name,
        environment=environment,
        altered=recorded.altered,
        derived=tuple(name for name, digest in obtained.derived.items() if recorded.derived.get(name) != digest),
        predictions=tuple(matches),
        numbers=tuple(numbers),
        claims=tuple(claims),
        repetitions=repetitions,
    )


def _whole_numbers(
    reported: Mapping[str, Any], obtained: Mapping[str, Any], at: tuple[str, str], regime: Regime, repetitions: int
) -> list[Number]:
    then, now = (_model(metrics, *at) for metrics in (reported, obtained))
    return compare_numbers(then, now, ("metrics", *at), regime, repetitions)


def _part_numbers(
    reported: Mapping[str, Any], obtained: Mapping[str, Any], at: tuple[str, str], regime: Regime, repetitions: int
) -> list[Number]:
    """The scores of those test parts that were done again."""
    then, now = (
        {_part(row): row for row in _model(metrics, *at).get("per_fold", [])} for metrics in (reported, obtained)
    )
    return [
        number
        for part, row in now.items()
        for number in compare_numbers(
            {name: value for name, value in then.get(part, {}).items() if name not in ("repetition", "fold")},
            row,
            ("metrics", *at, *part),
            regime,
            repetitions,
        )
    ]


def _model(metrics: Mapping[str, Any], task: str, model: str) -> dict[str, Any]:
    return dict(metrics["tasks"].get(task, {}).get("models", {}).get(model, {}))


def _part(row: Mapping[str, Any]) -> tuple[str, str]:
    return f"repetition-{row['repetition']}", f"fold-{row['fold']}"


def _pairs(
    reported: Mapping[str, Any], obtained: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, str, str], Mapping[str, Any], Mapping[str, Any]]]:
    """The comparisons that were done again, as reported and as obtained."""
    now = {(pair["task"], pair["a"], pair["b"]): pair for pair in obtained["pairs"]}
    for pair in reported["pairs"]:
        key = (pair["task"], pair["a"], pair["b"])
        if key in now:
            yield key, pair, now[key]


def _claim(pair: Mapping[str, Any]) -> str:
    """The verdict without the numbers that it rests on, which are compared as numbers."""
    return str(pair["verdict"]).partition(":")[0]


def is_headline(number: Number) -> bool:
    """Whether `number` is a model's chief score or the difference of two models, and not a detail."""
    *_, owner, name = number.name.split(".")
    chief = owner in ("macro_f1", "accuracy", "mcc", "contrast_f1") or number.name.startswith("comparison.")
    return (name in ESTIMATES and chief) or owner.startswith("fold-")
