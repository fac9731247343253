"""What a user sees of `stance`, right and wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import MODULES, STAGES, main

ROOT = Path(__file__).parent.parent


def stance(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for command in (*STAGES, *MODULES):
        assert f"\n  {command} " in text


def test_an_unknown_command_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clasify"]) == 2
    assert capsys.readouterr().err == "error: unknown command 'clasify'; `stance --help` lists them\n"


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from pipeline.cli import main; main(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    for heavy in ("torch", "transformers", "sklearn", "numpy", "hydra", "omegaconf", "scipy"):
        assert f"'{heavy}'" not in done.stderr


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("nonsense=1", "nonsense"),
        ("+nonsense=1", "unknown setting 'nonsense'"),
        ("+split.fold=3", "unknown setting 'split.fold'"),
        ("split.folds=many", "many"),
        ("split.fold=3", "'split.fold'; Key 'fold' not in 'SplitSettings'; `stance run --cfg job` shows every setting"),
        ("experiment=none_such", "no experiment 'none_such'; choose of ablation/cls_pooling, "),
        ("experiment=ablation/none_such", "ablation/recipe, "),
        ("model=[none_such]", "no model 'none_such'; choose of deberta, "),
        ("hydra/launcher=none_such", "basic"),
        ("split.folds=1", "split.folds=1 is out of range"),
    ],
)
def test_a_wrong_override_is_one_line_and_exit_code_2(override: str, message: str) -> None:
    done = stance("run", override)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_resolved_configuration_can_be_seen() -> None:
    done = stance("run", "--cfg", "job", "split.folds=7")
    assert done.returncode == 0
    assert "folds: 7" in done.stdout


def test_the_classifier_is_at_hand_in_python() -> None:
    code = "import pipeline, sys; assert 'onnxruntime' not in sys.modules; print(pipeline.Classifier.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "Classifier\n"


def test_a_broken_configuration_file_is_one_line_that_names_it(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    (tmp_path / "configs" / "corpus" / "mine.yaml").write_text("files: {a: b?: c}\n")
    done = stance("ingest", "corpus=mine", cwd=tmp_path)
    assert done.returncode == 2
    assert "mine.yaml" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_unknown_choice_in_a_configuration_file_is_told_with_the_file(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    (tmp_path / "configs" / "corpus" / "mine.yaml").write_text("defaults: [corpus_schema, none_such, _self_]\n")
    done = stance("ingest", "corpus=mine", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: In 'corpus/mine': no corpus 'none_such'; choose of five_documents, mine, ")
    assert len(done.stderr.splitlines()) == 1
