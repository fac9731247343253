"""The label stage as a whole, on the published annotations."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from omegaconf import OmegaConf
from omegaconf.errors import ConfigKeyError, ValidationError

from pipeline.codebook import Codebook
from pipeline.errors import ConfigError, DataError
from pipeline.labeling.labeling import Labeling, label
from pipeline.records import Sentence, VoteKind
from pipeline.settings.labeling import LabelingSettings

V1 = "data/annotations/v1"


@pytest.fixture(scope="module")
def labeling(sentences: list[Sentence], documents: dict[str, str], codebook: Codebook, root: Path) -> Labeling:
    extra = Sentence("004:16", "004", 16, "Ingest made this one sentence too many.", 0, 1)
    return label([*sentences, extra], documents, LabelingSettings(), codebook, root, seed=0)


def small(tmp_path: Path, documents: dict[str, str], **files: list[dict[str, Any]]) -> LabelingSettings:
    for name, rows in files.items():
        (tmp_path / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    single = {name: f"{name}.jsonl" if name in files else "" for name in ("gold", "passes")}
    return LabelingSettings(**single, composed=["composed.jsonl"] if "composed" in files else [])


def test_every_gold_label_arrives(labeling: Labeling, gold_rows: list[dict[str, Any]]) -> None:
    of_documents = [sentence for sentence in labeling.labeled if not sentence.composed]
    assert [sentence.text for sentence in of_documents] == [row["text"] for row in gold_rows]
    for sentence, row in zip(of_documents, gold_rows, strict=True):
        assert sentence.labels == {task: row[task] for task in ("stance", "frame", "holder")}
        assert sentence.provenance["stance"] == "resolved:gold"
        assert sentence.provenance.get("frame2") == row["frame2"]
        assert (sentence.document, sentence.section) == (row["id"][:3], "s")


def test_votes_keep_their_source(labeling: Labeling) -> None:
    assert {(vote.annotator, vote.kind) for vote in labeling.votes} == {
        ("gold", VoteKind.RESOLVED),
        ("pass_1", VoteKind.MODEL),
        ("pass_2", VoteKind.MODEL),
        ("composed", VoteKind.COMPOSED),
    }
    first = [
        (vote.annotator, vote.label) for vote in labeling.votes if vote.sentence == "000:0" and vote.task == "stance"
    ]
    assert first == [("gold", "against"), ("pass_1", "against"), ("pass_2", "against")]


def test_composed_sentences_come_last_with_their_nulls(labeling: Labeling, root: Path) -> None:
    rows = [json.loads(line) for line in (root / V1 / "composed.jsonl").read_text(encoding="utf-8").splitlines()]
    composed = labeling.labeled[690:]
    assert all(sentence.composed and sentence.document is None for sentence in composed)
    assert {sentence.id: sentence.labels["holder"] for sentence in composed} == {
        row["id"]: row["holder"] for row in rows
    }
    by_id = {sentence.id: sentence for sentence in composed}
    assert by_id["q215-4"].provenance == {
        "register": "editorial",
        "passage": "q215",
        "stance": "composed",
        "frame": "composed",
        "holder": "no vote",
    }


def test_composed_sentences_come_from_several_files(
    tmp_path: Path,
    sentences: list[Sentence],
    documents: dict[str, str],
    codebook: Codebook,
    gold_rows: list[dict[str, Any]],
) -> None:
    row = {"text": "They vetoed it.", "stance": "against", "frame": "none", "holder": "china", "register": "news"}
    settings = small(
        tmp_path, documents, gold=gold_rows[:1], composed=[{"id": "c1", **row}], more=[{"id": "d1", **row}]
    )
    several = replace(settings, composed=["composed.jsonl", "more.jsonl"])
    labeled = label(sentences, documents, several, codebook, tmp_path, seed=0).labeled
    assert [(one.id, one.composed) for one in labeled[1:]] == [("c1", True), ("d1", True)]
    (tmp_path / "more.jsonl").write_text(json.dumps({"id": "c1", **row}))
    with pytest.raises(DataError, match=r"more.jsonl:1: duplicate id 'c1' of composed, first at composed.jsonl:1"):
        label(sentences, documents, several, codebook, tmp_path, seed=0)


def test_the_context_is_the_sentence_before(labeling: Labeling) -> None:
    by_id = {sentence.id: sentence for sentence in labeling.labeled}
    assert by_id["000:0"].context == ""
    assert by_id["000:1"].context == by_id["000:0"].text
    assert by_id["c0001"].context == ""
    assert by_id["q215-0"].context == ""
    assert by_id["q215-4"].context == by_id["q215-3"].text


def test_a_sentence_without_labels_is_named_and_left_out(labeling: Labeling) -> None:
    assert labeling.unlabeled == ("004:16",)
    assert "004:16" not in {sentence.id for sentence in labeling.labeled}


def test_an_unlabelled_sentence_is_still_context(
    tmp_path: Path,
    sentences: list[Sentence],
    documents: dict[str, str],
    codebook: Codebook,
    gold_rows: list[dict[str, Any]],
) -> None:
    settings = small(
        tmp_path, documents, gold=[gold_rows[1], {**gold_rows[2], "stance": None, "frame": None, "holder": None}]
    )
    result = label(sentences, documents, settings, codebook, tmp_path, seed=0)
    assert [(one.id, one.context) for one in result.labeled] == [("000:1", sentences[0].text)]
    assert len(result.unlabeled) == 689
    assert result.agreement["tasks"] == {}


def test_passes_decide_where_gold_has_no_label(
    tmp_path: Path,
    sentences: list[Sentence],
    documents: dict[str, str],
    codebook: Codebook,
    gold_rows: list[dict[str, Any]],
) -> None:
    passes = [
        {"id": "000-0000", "annotator": name, "stance": "favor", "frame": frame}
        for name, frame in (("m", "none"), ("n", "security"))
    ]
    bare = {key: gold_rows[0][key] for key in ("id", "source", "text")}
    result = label(
        sentences, documents, small(tmp_path, documents, gold=[bare], passes=passes), codebook, tmp_path, seed=0
    )
    [found] = result.labeled
    assert found.labels == {"stance": "favor", "frame": None, "holder": None}
    assert found.provenance == {"stance": "model:m+n", "frame": "model: tie of none 1, security 1", "holder": "no vote"}


def test_a_gold_sentence_that_ingest_missed_is_named(
    sentences: list[Sentence], documents: dict[str, str], codebook: Codebook, root: Path
) -> None:
    broken = [*sentences[:5], replace(sentences[5], text="Something else."), *sentences[6:]]
    with pytest.raises(DataError, match=rf"{V1}/gold\.jsonl:6: ingest did not produce sentence '000-0005'"):
        label(broken, documents, LabelingSettings(), codebook, root, seed=0)


def test_a_pass_over_an_unknown_sentence_is_refused(
    tmp_path: Path,
    sentences: list[Sentence],
    documents: dict[str, str],
    codebook: Codebook,
    gold_rows: list[dict[str, Any]],
) -> None:
    settings = small(
        tmp_path, documents, gold=gold_rows[:1], passes=[{"id": "999", "annotator": "m", "stance": "favor"}]
    )
    with pytest.raises(DataError, match=r"passes\.jsonl:1: id '999' is not in gold\.jsonl"):
        label(sentences, documents, settings, codebook, tmp_path, seed=0)


def test_a_composed_id_may_not_be_a_sentence_of_a_document(
    tmp_path: Path,
    sentences: list[Sentence],
    documents: dict[str, str],
    codebook: Codebook,
    gold_rows: list[dict[str, Any]],
) -> None:
    composed = [{"id": "000:3", "text": "Invented.", "stance": "favor"}]
    settings = small(tmp_path, documents, gold=gold_rows[:1], composed=composed)
    with pytest.raises(DataError, match=r"composed\.jsonl:1: duplicate id '000:3'"):
        label(sentences, documents, settings, codebook, tmp_path, seed=0)


def test_the_shipped_config_composes_with_its_schema(root: Path) -> None:
    chosen = yaml.safe_load((root / "configs/labeling/annotations_v1.yaml").read_text(encoding="utf-8"))
    assert chosen.pop("defaults") == ["labeling_schema", "_self_"]
    schema = OmegaConf.structured(LabelingSettings)
    settings = OmegaConf.to_object(OmegaConf.merge(schema, chosen))
    assert isinstance(settings, LabelingSettings)
    assert (settings.gold, settings.aggregator) == (LabelingSettings().gold, "majority")
    assert all((root / name).is_file() for name in [*settings.rules, settings.challenge])
    with pytest.raises(ConfigKeyError):
        OmegaConf.merge(schema, {"golden": "x"})
    with pytest.raises(ValidationError):
        OmegaConf.merge(schema, {"bootstrap": "many"})


@pytest.mark.parametrize(
    "wrong", [{"gold": ""}, {"bootstrap": 99}, {"confidence": 1.0}, {"aggregator": "oracle"}, {"analyze": True}]
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=rf"labeling\.{next(iter(wrong))}"):
        LabelingSettings(**wrong)
