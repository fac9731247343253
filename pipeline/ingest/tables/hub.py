"""Rows of a data set of the Hugging Face hub, or of a folder that `datasets` saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import DataError
from pipeline.settings.table import TableFile

SPLIT = "__split__"
"""Column with the name of the split that a row is of."""


def saved_folder(file: TableFile, folder: Path) -> Path | None:
    """The folder that `file.dataset` names, None where it is an id of the hub."""
    path = folder / file.dataset
    return path if path.is_dir() else None


def read_dataset(file: TableFile, folder: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Rows with their numbers from 1 in each split; labels that are stored as numbers with names come as names.

    Raises DataError for a data set that cannot be found, reached or read, and for a split that it does not have. No
    code of a data set is ever executed.
    """
    splits = _load(file, folder)
    if file.split and file.split not in splits:
        raise DataError(f"{file.name}: no split {file.split!r}; there are {', '.join(splits)}")
    for name, rows in splits.items():
        if file.split in ("", name):
            names = {
                column: kind.names for column, kind in rows.features.items() if type(kind).__name__ == "ClassLabel"
            }
            for number, row in enumerate(rows, 1):
                yield number, {**row, **_named(row, names), SPLIT: name}


def _load(file: TableFile, folder: Path) -> Mapping[str, Any]:
    from datasets import Dataset, load_dataset, load_from_disk

    saved = saved_folder(file, folder)
    try:
        if saved is not None and _is_saved(saved):
            found = load_from_disk(str(saved))
        else:
            found = load_dataset(str(saved or file.dataset), file.config or None, revision=file.revision or None)
    except Exception as error:  # datasets, huggingface_hub and pyarrow raise errors that share no other base
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DataError(
            f"{file.name}: no data set of this name in {folder}, nor could the hub be asked for it ({reason});"
            " correct corpus.table.files.dataset, or download it and give its folder"
        ) from error
    return {file.split or "train": found} if isinstance(found, Dataset) else dict(found)


def _is_saved(folder: Path) -> bool:
    return (folder / "dataset_dict.json").is_file() or (folder / "state.json").is_file()


def _named(row: Mapping[str, Any], names: Mapping[str, list[str]]) -> dict[str, str | None]:
    """Names instead of numbers; the hub stores -1 where the label is kept secret."""
    return {
        column: known[row[column]] if row[column] is not None and row[column] >= 0 else None
        for column, known in names.items()
    }
