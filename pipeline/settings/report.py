"""Settings of the report stage."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.settings.checks import check_choice, check_range

CREATORS = ("crowdsourced", "expert-generated", "found", "machine-generated", "other")
"""Who made annotations, in the vocabulary of Hugging Face dataset cards."""


@dataclass
class LabelOrigin:
    """How the labels of one annotation file came about, to be said wherever they are used.

    `creators` is one of CREATORS, `summary` one or two sentences for the head of the report, `statement` the whole
    account for the cards; blank lines part its paragraphs.
    """

    creators: str = "other"
    summary: str = ""
    statement: str = ""

    def __post_init__(self) -> None:
        check_choice("report.origins.creators", self.creators, CREATORS)


@dataclass
class ReportSettings:
    """What the report shows.

    `worst_errors` counts the most confident errors listed a task and model. `origins` maps the path of an annotation
    file, as the `labeling` group names it, to the account of its labels; a file without one is reported as such.
    """

    title: str = "Who takes which stance, with which frame"
    worst_errors: int = 10
    png_dpi: int = 150
    origins: dict[str, LabelOrigin] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_range("report.worst_errors", self.worst_errors, 0, 1000)
        check_range("report.png_dpi", self.png_dpi, 50, 600)
