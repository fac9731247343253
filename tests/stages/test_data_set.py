"""A made-up data set with targets and a split of its own, from files to report, by settings alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.artifacts import read_json, read_records
from pipeline.codebook import Codebook, Task
from pipeline.errors import ConfigError, DataError
from pipeline.records import LabeledSentence, Vote
from pipeline.settings.baselines import MajoritySettings, TfidfSettings
from pipeline.settings.corpus import CorpusSettings
from pipeline.settings.evaluation import EvaluationSettings
from pipeline.settings.labeling import LabelingSettings
from pipeline.settings.report import ReportSettings
from pipeline.settings.run import STAGES, RunSettings
from pipeline.settings.split import SplitSettings
from pipeline.settings.table import TableColumns, TableFile, TableSettings
from pipeline.settings.train import TrainSettings
from pipeline.stages.pipeline import print_summary, run_stage

WORDS = {"favor": ("light", "power", "hope"), "against": ("noise", "dust", "fear"), "none": ("today", "tables", "rain")}
NAMES = {"none": "0", "against": "1", "favor": "2"}
SIZES = {"train": 24, "val": 6, "test": 6}


def tweet(target: str, label: str, part: str, number: int) -> str:
    return f"@user {WORDS[label][number % 3]} again, {part} {target} tweet {number:02d} #tag{number}"


def write_pairs(folder: Path) -> None:
    """A text and a label file for each target and part, as TweetEval has them."""
    for target in ("dams", "roads"):
        (folder / target).mkdir(parents=True)
        for part, size in SIZES.items():
            labels = [list(NAMES)[number % 3] for number in range(size)]
            texts = [tweet(target, label, part, number) for number, label in enumerate(labels)]
            (folder / target / f"{part}_text.txt").write_text("".join(f"{text}\n" for text in texts))
            (folder / target / f"{part}_labels.txt").write_text("".join(f"{NAMES[label]}\n" for label in labels))


def write_csv(path: Path) -> None:
    """All in one table, with other names, groups and no split."""
    lines = ["Comment;Position;About;Author"]
    for target in ("dams", "roads"):
        for number in range(36):
            label = list(NAMES)[number % 3]
            lines.append(f"{tweet(target, label, 'x', number)};{label.upper()};{target};author {number // 4}")
    path.write_text("\n".join(lines), encoding="cp1252")


def settings(table: TableSettings, split: SplitSettings, encoding: str = "utf-8") -> RunSettings:
    return RunSettings(
        name="set",
        corpus=CorpusSettings(name="set", table=table, encoding=encoding),
        codebook=Codebook("set", "1", tasks={"stance": Task("", dict.fromkeys(NAMES, ""), ["against", "favor"])}),
        labeling=LabelingSettings(gold="", passes="", composed=[], given=True, bootstrap=100),
        split=split,
        model={"majority": MajoritySettings(), "tfidf": TfidfSettings(squared_C=[1.0], logistic_C=[])},
        train=TrainSettings(final=["tfidf"], current="", jobs=1),
        evaluation=EvaluationSettings(
            bootstrap=100, compare=[["tfidf", "majority"]], primary={"stance": "contrast_f1"}
        ),
        report=ReportSettings(png_dpi=50, worst_errors=1),
    )


def pairs(folder: str) -> TableSettings:
    files = [
        TableFile(
            f"{target}/{part}_text.txt", labels={"stance": f"{target}/{part}_labels.txt"}, target=target, part=part
        )
        for target in ("dams", "roads")
        for part in SIZES
    ]
    return TableSettings(folder, files, labels={"stance": {name: label for label, name in NAMES.items()}})


def one_table(**labels: str) -> TableSettings:
    columns = TableColumns("Comment", {"stance": "Position"}, target="About", group="Author")
    names = {label.upper(): label for label in NAMES} | labels
    return TableSettings("data", [TableFile("all.csv")], columns, {"stance": names}, delimiter=";")


def test_a_given_split_from_files_to_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_pairs(tmp_path / "data")
    made = settings(pairs("data"), SplitSettings(strategy="given", repetitions=2, near_duplicate=0))
    for stage in STAGES:
        run_stage(stage, made, tmp_path)
    print_summary(made, tmp_path)
    assert "Contrast F1 out of fold" in capsys.readouterr().out
    labeled = read_records(tmp_path / "data/processed/set/labels.jsonl", LabeledSentence)
    assert {one.target for one in labeled} == {"dams", "roads"}
    [vote] = [v for v in read_records(tmp_path / "data/processed/set/votes.jsonl", Vote) if v.sentence == labeled[0].id]
    assert (vote.annotator, vote.kind, vote.label) == ("set", "resolved", "none")
    folds = read_json(tmp_path / "models/set/folds.json")["repetitions"]
    assert [len(folds[0][0][part]) for part in ("train", "development", "test")] == [48, 12, 12]
    assert folds[0] == folds[1]
    fit = read_json(tmp_path / "models/set/folds/tfidf/repetition-0/fold-0/fit.json")
    assert fit["sentences"]["documents"] == 60
    task = read_json(tmp_path / "reports/set/metrics.json")["tasks"]["stance"]
    assert task["models"]["tfidf"]["contrast_f1"]["mean"] > 0.8
    assert set(task["targets"]) == {"dams", "roads"}
    report = (tmp_path / "reports/set/report.md").read_text()
    assert "Target by target" in report
    assert "the parts that the data set came with" in report
    assert [run_stage(stage, made, tmp_path).ran for stage in STAGES] == [False] * 6
    chosen = replace(made, split=replace(made.split, tested="development"))
    run_stage("split", chosen, tmp_path)
    [fold] = read_json(tmp_path / "models/set/folds.json")["repetitions"][0]
    assert [len(fold[part]) for part in ("train", "development", "test")] == [48, 0, 12]
    assert all("-val_text-" in one for one in fold["test"])


def test_other_columns_names_and_groups_without_a_split(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    write_csv(tmp_path / "data" / "all.csv")
    made = settings(one_table(), SplitSettings(folds=3, near_duplicate=0), encoding="cp1252")
    for stage in ("ingest", "label", "split"):
        run_stage(stage, made, tmp_path)
    folds = read_json(tmp_path / "models/set/folds.json")
    assert set(folds["groups"].values()) == {f"group:author {number}" for number in range(9)}
    out = replace(made, split=replace(made.split, strategy="leave_one_target_out"))
    run_stage("split", replace(out, corpus=made.corpus), tmp_path)
    assert len(read_json(tmp_path / "models/set/folds.json")["repetitions"][0]) == 2


def test_an_unknown_label_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    write_csv(tmp_path / "data" / "all.csv")
    made = settings(one_table(FAVOR="pro"), SplitSettings())
    run_stage("ingest", made, tmp_path)
    with pytest.raises(DataError, match=r"^all.csv:4: unknown stance label 'pro'; .* map it under corpus.table.labels"):
        run_stage("label", made, tmp_path)


def test_labels_of_a_table_need_one_and_a_given_split_parts(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    write_csv(tmp_path / "data" / "all.csv")
    made = settings(one_table(), SplitSettings(strategy="given"))
    for stage in ("ingest", "label"):
        run_stage(stage, made, tmp_path)
    with pytest.raises(ConfigError, match=r"sentence 'all-000000' is of no part; name its column"):
        run_stage("split", made, tmp_path)
    (tmp_path / "data" / "a.txt").write_text("They reject it.\n")
    documents = replace(made, corpus=CorpusSettings(name="plain", files=["data/a.txt"], segmenter="lines"))
    run_stage("ingest", documents, tmp_path)
    with pytest.raises(DataError, match=r"corpus plain has none; set corpus.table"):
        run_stage("label", documents, tmp_path)


def test_rows_are_json_lines_for_everything_else_you_may_ask(tmp_path: Path) -> None:
    write_pairs(tmp_path / "data")
    run_stage("ingest", settings(pairs("data"), SplitSettings()), tmp_path)
    first = json.loads((tmp_path / "data/processed/set/rows.jsonl").read_text().splitlines()[1])
    assert first["place"] == "dams/train_text.txt:2"
    assert (first["labels"], first["target"], first["part"]) == ({"stance": "against"}, "dams", "train")
