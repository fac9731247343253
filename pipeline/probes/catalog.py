"""Every probe that trains models anew, in the order of the report."""

from __future__ import annotations

from pipeline.probes.controls import CONTROLS
from pipeline.probes.divisions import DIVISIONS, learning_curve
from pipeline.probes.probe import Probe
from pipeline.settings.probes import ProbeSettings

UNCHANGED = Probe("unchanged")
"""Nothing is changed: what the others are held against where they train in another way than the run's own models."""


def chosen_probes(settings: ProbeSettings) -> list[Probe]:
    """The probes that `settings` ask for, whatever the order they are named in, and the learning curve."""
    named = [probe for probe in (*CONTROLS, *DIVISIONS) if probe.name in settings.run]
    return [*named, *map(learning_curve, sorted(settings.learning_curve))]
