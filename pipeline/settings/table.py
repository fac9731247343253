"""Settings of a corpus that is a labelled data set: where its rows are, and what their columns mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import ConfigError
from pipeline.settings.checks import check_choice

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".txt": "lines",
}
"""Format of a file by the ending of its name."""
PARTS = {
    "train": "train",
    "training": "train",
    "dev": "development",
    "devel": "development",
    "development": "development",
    "val": "development",
    "valid": "development",
    "validation": "development",
    "test": "test",
    "testing": "test",
}
"""What the parts of data sets are usually called, in any case, and what they are called here."""


@dataclass
class TableFile:
    """One source of rows: a file at `path`, or the data set `dataset`.

    `path` is relative to the table's folder; `format` is told by its ending where empty. The rows of a text file are
    its lines, and `labels` names, a task, the file whose lines are their labels. `dataset` is an id of the Hugging Face
    hub, with its `config` and `revision`, or a folder that `datasets` saved; `split` takes one of its splits (empty:
    all). `target` and `part` hold for all rows; they stand above a column.
    """

    path: str = ""
    format: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    dataset: str = ""
    config: str = ""
    revision: str = ""
    split: str = ""
    target: str = ""
    part: str = ""

    def __post_init__(self) -> None:
        if bool(self.path) == bool(self.dataset):
            raise ConfigError(
                f"corpus.table.files holds path={self.path!r} and dataset={self.dataset!r}; an entry names one of them"
            )
        if self.format:
            check_choice("corpus.table.files.format", self.format, sorted(set(FORMATS.values())))
        if self.labels and self.kind != "lines":
            raise ConfigError(
                f"corpus.table.files: labels of {self.name} are files of lines, which go with a text file only; name"
                " the columns of other formats under corpus.table.columns.labels"
            )

    @property
    def name(self) -> str:
        """What messages and documents call it."""
        parts = [self.dataset, self.config, self.split]
        return self.path or "/".join(part for part in parts if part)

    @property
    def kind(self) -> str:
        """`dataset`, or the format of the file; raises ConfigError for an ending that tells none."""
        if self.dataset:
            return "dataset"
        ending = self.path[self.path.rfind(".") :].lower() if "." in self.path else ""
        if self.format or ending in FORMATS:
            return self.format or FORMATS[ending]
        raise ConfigError(f"corpus.table.files: {self.path!r} tells no format by its ending; set its format")


@dataclass
class TableColumns:
    """Names of the columns; an empty one is not there. `labels` maps a task of the codebook to its column."""

    text: str = "text"
    labels: dict[str, str] = field(default_factory=dict)
    id: str = ""
    target: str = ""
    context: str = ""
    group: str = ""
    part: str = ""


@dataclass
class TableSettings:
    """A labelled data set of rows, each of which is one text.

    `folder` is where the files are: absolute, or relative to the project root. `labels` maps, a task, what the data
    call a label to what the codebook calls it (null: the row has no label for the task); what is not mapped keeps its
    name. `parts` does so for the names of the parts `train`, `development` and `test`, beyond the usual ones. Tables of
    separated values have the `delimiter` of their ending (comma, tabulator) unless one is given, and `quotes` around
    fields that hold it; tweets in TSV often need `quotes: false`.
    """

    folder: str = "."
    files: list[TableFile] = field(default_factory=list)
    columns: TableColumns = field(default_factory=TableColumns)
    labels: dict[str, dict[Any, str | None]] = field(default_factory=dict)
    parts: dict[Any, str] = field(default_factory=dict)
    delimiter: str = ""
    quotes: bool = True

    def __post_init__(self) -> None:
        if not self.files:
            raise ConfigError("corpus.table.files is empty; name at least one file or data set")
        if not self.columns.text:
            raise ConfigError("corpus.table.columns.text is empty; name the column that holds the text")
        if not self.columns.labels and not any(file.labels for file in self.files):
            raise ConfigError("corpus.table.columns.labels is empty; map each task of the codebook to its column")
        if len(self.delimiter) > 1:
            raise ConfigError(f"corpus.table.delimiter={self.delimiter!r} must be one character")
        self.labels = {task: _by_text(f"labels.{task}", names) for task, names in self.labels.items()}
        self.parts = _by_text("parts", self.parts)
        for part in self.parts.values():
            check_choice("corpus.table.parts", part, sorted(set(PARTS.values())))

    def part(self, name: str) -> str | None:
        """The part that `name` means, None for an unknown one."""
        return self.parts.get(name) or PARTS.get(name.casefold())


def _by_text(place: str, names: dict[Any, Any]) -> dict[Any, Any]:
    """`names` with keys as they stand in the data; YAML reads 0 as a number and `no` as a truth value."""
    for name in names:
        if isinstance(name, bool) or name is None:
            raise ConfigError(f"corpus.table.{place} has the key {name!r}, as YAML reads it; put it in quotes")
    return {str(name): value for name, value in names.items()}
