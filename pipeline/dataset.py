"""The labelled sentences as a folder that `datasets.load_dataset` reads: typed, with folds as splits.

`load_dataset("reports/reference/dataset", "repetition_0")` has a split for each test fold (`fold_0`, `fold_1` …), and
`train` where a repetition tests only a part of the sentences. The sentences composed for training are a configuration
of their own, `composed`, whose only split is `train`: no split to test on ever holds one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from pipeline.artifacts import read_records, write_atomically, write_records
from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, DataError
from pipeline.records import LabeledSentence
from pipeline.splitting import Folds

COMPOSED = "composed"
TRAIN = "train"
COLUMNS = {
    "id": "string",
    "text": "string",
    "context": "string",
    "document": "string",
    "index": "int32",
    "start": "int32",
    "end": "int32",
    "page": "int32",
    "section": "string",
    "group": "string",
    "composed": "bool",
    "target": "string",
}
"""Type of every column that is no task: the fields of LabeledSentence, and the group that no fold splits.

All of them are among the codebook's RESERVED names.
"""

Splits = dict[str, list[dict[str, Any]]]
"""Split name to its rows."""


def write_dataset(
    folder: Path, labeled: Sequence[LabeledSentence], folds: Folds, codebook: Codebook, account: str = ""
) -> None:
    """Write the sentences of every fold and a dataset card with their types into the existing `folder`.

    Composed sentences that are too like a document's, which no model was trained on, are left out. `account` is
    Markdown that tells how the labels came about. Raises DataError where a composed sentence is to be tested on.
    """
    configurations = {
        f"repetition_{repetition}": _splits(labeled, [fold.test for fold in parts], folds.groups, codebook)
        for repetition, parts in enumerate(folds.repetitions)
    }
    dropped = set(folds.dropped_composed)
    composed = [_row(one, None, codebook) for one in labeled if one.composed and one.id not in dropped]
    if composed:
        configurations[COMPOSED] = {TRAIN: composed}
    for name, splits in configurations.items():
        (folder / name).mkdir()
        for split, rows in splits.items():
            write_records(folder / name / f"{split}.jsonl", rows)
    write_atomically(folder / "README.md", _card(configurations, codebook, account))


def _splits(
    labeled: Sequence[LabeledSentence], tests: Sequence[Iterable[str]], groups: Mapping[str, str], codebook: Codebook
) -> Splits:
    fold_of = {sentence: f"fold_{number}" for number, test in enumerate(tests) for sentence in test}
    splits: Splits = {f"fold_{number}": [] for number in range(len(tests))}
    for sentence in labeled:
        split = fold_of.get(sentence.id, TRAIN)
        if not sentence.composed:
            splits.setdefault(split, []).append(_row(sentence, groups.get(sentence.id), codebook))
        elif split != TRAIN:
            raise DataError(
                f"composed sentence {sentence.id!r} is in test {split}; it is for training only, split again"
            )
    return splits


def _row(sentence: LabeledSentence, group: str | None, codebook: Codebook) -> dict[str, Any]:
    fields = {name: getattr(sentence, name) for name in COLUMNS if name != "group"}
    return fields | {"group": group} | {task: sentence.labels.get(task) for task in codebook.tasks}


def _card(configurations: Mapping[str, Splits], codebook: Codebook, account: str) -> str:
    """Dataset card in the format of the Hugging Face hub; its YAML tells the loader the files and types."""
    features: list[dict[str, Any]] = [{"name": name, "dtype": kind} for name, kind in COLUMNS.items()]
    for task in codebook.tasks:
        names = {str(position): name for position, name in enumerate(codebook.labels(task))}
        features.append({"name": task, "dtype": {"class_label": {"names": names}}})
    head = {
        "pretty_name": codebook.title or codebook.name,
        "task_categories": ["text-classification"],
        "configs": [
            {
                "config_name": name,
                "data_files": [{"split": split, "path": f"{name}/{split}.jsonl"} for split in splits],
                **({"default": True} if name == "repetition_0" else {}),
            }
            for name, splits in configurations.items()
        ],
        "dataset_info": [{"config_name": name, "features": features} for name in configurations],
    }
    yaml_head = yaml.dump(head, Dumper=_WithoutAliases, sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{yaml_head}---\n\n{_text(configurations, codebook, account)}"


class _WithoutAliases(yaml.SafeDumper):
    """The configurations share their features; anchors and aliases would be hard to read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(configurations: Mapping[str, Splits], codebook: Codebook, account: str) -> str:
    tasks = "\n".join(
        f"- `{name}`: {task.question or 'no question stated'} Labels: {', '.join(task.names)}."
        for name, task in codebook.tasks.items()
    )
    sizes = "\n".join(
        f"| `{name}` | `{split}` | {len(rows)} |"
        for name, splits in configurations.items()
        for split, rows in splits.items()
    )
    composed = (
        "\n\nThe rows of `composed` were written for training. They are invented, evidence of nothing, and no split to "
        "test on holds one."
        if COMPOSED in configurations
        else ""
    )
    origin = f"\n\n## How the labels came about\n\n{account.strip()}" if account.strip() else ""
    return f"""# {codebook.title or codebook.name}

Sentences labelled by codebook `{codebook.identifier}`. A split `fold_K` is what fold K of that repetition was tested
on; to train for it, take the other splits, and those of `composed` as far as wanted. Sentences of one `group` belong
together and lie in the same split where the split is grouped. A label is null where none was resolved.{composed}

```python
from datasets import load_dataset

folds = load_dataset("PATH_OF_THIS_FOLDER", "repetition_0")
```

{tasks}

| configuration | split | sentences |
|---|---|---|
{sizes}{origin}
"""


def read_dataset(folder: Path) -> tuple[list[LabeledSentence], dict[str, str]]:
    """The documents' sentences that `write_dataset` wrote into `folder`, and the group of each by id.

    Raises ArtifactError where the folder or a line of it is broken.
    """
    rows = [row for split in sorted((folder / "repetition_0").glob("*.jsonl")) for row in read_records(split, dict)]
    if not rows:
        raise ArtifactError(f"{folder} holds no sentences; run `stance report` again")
    fields = set(COLUMNS) - {"group"}
    sentences, groups = [], {}
    for row in rows:
        labels = {name: value for name, value in row.items() if name not in COLUMNS}
        sentences.append(LabeledSentence(labels=labels, **{name: row[name] for name in fields if name in row}))
        groups[row["id"]] = row["group"]
    return sentences, groups
