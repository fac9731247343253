"""Labelling functions vote, are analysed against gold, and fail in one line."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.codebook import Codebook, Task
from pipeline.errors import ConfigError, DataError
from pipeline.labeling.analysis import analyze
from pipeline.labeling.analysis_text import markdown, print_analysis
from pipeline.labeling.functions import PythonFunction, cast_votes, load_functions
from pipeline.records import Sentence, Vote, VoteKind
from pipeline.settings.labeling import FunctionSettings, LabelingSettings

BOOK = Codebook(
    "toy", "1", tasks={"stance": Task(labels={"against": "", "favor": ""}), "tone": Task(labels={"a": "", "b": ""})}
)
TEXTS = ["They oppose it.", "They oppose and support it.", "They support it!", "Nothing.", "He said so."]
SENTENCES = [Sentence(f"d-{n}", "d", n, text, 0, 1, section="Talk") for n, text in enumerate(TEXTS)]
RULES = """\
task: stance
codebook: toy/1
rules:
  - {name: opposes, label: against, reason: It says so | plainly., match: oppose}
  - {name: supports, label: favor, reason: It says so., match: support}
  - {name: silent, label: favor, reason: Never seen., match: applaud}
"""
MODULE = """\
def shouts(sentence):
    return "favor" if "!" in sentence.text else None

def follows_support(sentence):
    return "against" if "support" in sentence.context and sentence.section == "Talk" else None

def breaks(sentence):
    return [][1]

def strays(sentence):
    return "maybe"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "own_functions.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "own_functions", raising=False)
    return tmp_path


def settings(*functions: str, task: str = "stance", rules: bool = True) -> LabelingSettings:
    listed = [FunctionSettings(f"own_functions.{name}", task, "A hunch.") for name in functions]
    return LabelingSettings(gold="", passes="", rules=["rules.yaml"] if rules else [], functions=listed, given=True)


def test_rules_and_functions_in_python_vote_side_by_side(project: Path) -> None:
    functions = load_functions(settings("shouts", "follows_support"), BOOK, project)
    votes = cast_votes(functions, SENTENCES, BOOK)
    assert {(vote.sentence, vote.annotator, vote.label) for vote in votes} == {
        ("d-0", "opposes", "against"),
        ("d-1", "opposes", "against"),
        ("d-1", "supports", "favor"),
        ("d-2", "supports", "favor"),
        ("d-2", "shouts", "favor"),
        ("d-2", "follows_support", "against"),
        ("d-3", "follows_support", "against"),
    }
    assert {(vote.kind, vote.codebook) for vote in votes} == {(VoteKind.RULE, "toy/1")}
    sources = [function.source for function in functions if isinstance(function, PythonFunction)]
    assert sources == [project / "own_functions.py"] * 2


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("breaks", r"labelling function breaks failed on 'They oppose it.' \(IndexError: list index out of range\)"),
        ("strays", r"labelling function strays returned 'maybe' for 'They oppose it.'; stance has against, favor"),
    ],
)
def test_a_function_that_fails_is_named(project: Path, function: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        cast_votes(load_functions(settings(function), BOOK, project), SENTENCES, BOOK)


def test_functions_that_cannot_be_used_are_refused(project: Path) -> None:
    with pytest.raises(ConfigError, match=r"'own_functions\.gone' is no function that can be imported"):
        load_functions(settings("gone"), BOOK, project)
    with pytest.raises(ConfigError, match=r"own_functions\.shouts is for task 'mood'; choose of stance, tone"):
        load_functions(settings("shouts", task="mood"), BOOK, project)
    with pytest.raises(ConfigError, match="the name 'shouts' is used twice"):
        load_functions(settings("shouts", "shouts"), BOOK, project)


def test_the_analysis_counts_coverage_overlap_conflict_and_what_is_right(project: Path) -> None:
    chosen = settings("shouts")
    functions = load_functions(chosen, BOOK, project)
    given = {"d-0": "against", "d-1": "favor", "d-2": "favor"}
    votes = [Vote(sentence, "stance", label, "gold", VoteKind.RESOLVED, "toy/1") for sentence, label in given.items()]
    votes.append(Vote("d-3", "stance", "favor", "pass", VoteKind.MODEL, "toy/1"))
    found = analyze(functions, [*votes, *cast_votes(functions, SENTENCES, BOOK)], SENTENCES, BOOK, chosen)
    assert json.loads(json.dumps(found)) == found
    assert list(found["tasks"]) == ["stance"]
    task = found["tasks"]["stance"]
    assert (task["labeled"], task["overlaps"], task["conflicts"]) == (3, 2, 1)
    assert (task["judged"], task["correct"]) == (2, 2)  # the tie on d-1 is no label
    opposes, silent = task["functions"]["opposes"], task["functions"]["silent"]
    assert (opposes["votes"], opposes["overlaps"], opposes["conflicts"]) == (2, 1, 1)
    assert (opposes["judged"], opposes["correct"], opposes["accuracy"]["value"]) == (2, 1, 0.5)
    assert opposes["accuracy"]["ci"] == pytest.approx([0.0945, 0.9055], abs=1e-4)  # Wilson's for 1 of 2
    assert [(one["sentence"], one["gold"]) for one in opposes["examples"]] == [("d-0", "against"), ("d-1", "favor")]
    assert (silent["votes"], silent["accuracy"]) == (0, {"value": None, "ci": None})


def test_the_analysis_is_readable(project: Path) -> None:
    chosen = settings("shouts")
    functions = load_functions(chosen, BOOK, project)
    found = analyze(functions, cast_votes(functions, SENTENCES, BOOK), SENTENCES, BOOK, chosen)
    page = markdown(found)
    assert "| opposes | against | 2 | 40.0% | 20.0% | 20.0% | - | - |" in page
    assert "It says so \\| plainly." in page
    assert "- `against`: They oppose it." in page
    stream = io.StringIO()
    print_analysis(found, Console(file=stream, width=120))
    assert "all together" in stream.getvalue()
    assert "several" in stream.getvalue()  # a function in Python has no single label


def test_the_shipped_rules_are_sound(codebook: Codebook, root: Path) -> None:
    names = [f"data/rules/human_rights_v1/{task}.yaml" for task in codebook.tasks]
    functions = load_functions(LabelingSettings(rules=names), codebook, root)
    texts = {
        "stance": ("against", "Cuba voted against the draft resolution on human rights."),
        "frame": ("sovereignty", "Nobody has the right to interfere in the internal affairs of sovereign states."),
        "holder": ("china", '"It will not help," said Geng Shuang, China\'s envoy.'),
    }
    for task, (label, text) in texts.items():
        votes = cast_votes(functions, [Sentence("x", "d", 0, text, 0, 1)], codebook)
        assert label in {vote.label for vote in votes if vote.task == task}
    for task in codebook.tasks:
        assert {getattr(one, "label", None) for one in functions if one.task == task} == set(codebook.labels(task))
