"""What a report consists of, independent of its format: HTML and Markdown are two renderings of these blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from pipeline.reporting.figures.drawing import Drawing


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: a value and, less prominent, what qualifies it, such as its interval."""

    value: str
    details: tuple[str, ...] = ()
    code: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """Head of a table column.

    Numbers stand right-aligned, short texts are never broken over lines, long ones get room before others do.
    """

    title: str
    kind: Literal["text", "number", "short", "long"] = "text"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True)
class Lead:
    """The one sentence to take home."""

    kind: ClassVar[str] = "lead"
    text: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number with its name and what qualifies it, a line each."""

    title: str
    value: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A row of numbers to see first."""

    kind: ClassVar[str] = "key_figures"
    items: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that must not be overlooked."""

    kind: ClassVar[str] = "notice"
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short texts."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; the first cell of each row names the row."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Gallery:
    """Figures that belong together, as small multiples under one caption."""

    kind: ClassVar[str] = "gallery"
    caption: str
    drawings: tuple[Drawing, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Commands to copy."""

    kind: ClassVar[str] = "code"
    text: str
    language: str = "sh"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A sentence that a model got wrong with confidence. `place` says where it stands."""

    text: str
    gold: str
    predicted: str
    confidence: float
    place: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mistakes:
    """Sentences that a model got wrong, worst first."""

    kind: ClassVar[str] = "mistakes"
    items: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """Two halves that stand side by side where there is room."""

    kind: ClassVar[str] = "split"
    left: tuple[Block, ...]
    right: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Detail that stays folded until asked for; on paper it is shown."""

    kind: ClassVar[str] = "disclosure"
    summary: str
    blocks: tuple[Block, ...]


Block = (
    Paragraph | Heading | Lead | KeyFigures | Notice | Bullets | Table | Gallery | Code | Mistakes | Split | Disclosure
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; `id` is its anchor."""

    id: str
    title: str
    blocks: tuple[Block, ...]


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    """Every figure in `blocks`, in reading order."""
    for block in blocks:
        if isinstance(block, Gallery):
            yield from block.drawings
        elif isinstance(block, Split):
            yield from drawings((*block.left, *block.right))
        elif isinstance(block, Disclosure):
            yield from drawings(block.blocks)


def facts(caption: str, items: Sequence[tuple[str, Cell]]) -> Table:
    """A two-column table of names and values."""
    rows = tuple((Cell(name), cell) for name, cell in items)
    return Table(caption, (Column("What", kind="long"), Column("Value")), rows)
