"""Rules: what their patterns find, what negation, quotation and speaker change, and how a broken file is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.codebook import Codebook, Task
from pipeline.errors import DataError
from pipeline.labeling.rules import SentenceInContext, parse_rules, read_rules
from pipeline.labeling.rules.negation import negated
from pipeline.labeling.rules.quotation import quotations

BOOK = Codebook("toy", "1", tasks={"stance": Task(labels={"against": "", "favor": ""})})


def file_of(*lines: str) -> str:
    rule = ["  - name: rejects", "    label: against", "    reason: Because.", *(f"    {line}" for line in lines)]
    return "\n".join(
        ["task: stance", "codebook: toy/1", "terms:", "  text: [draft resolution, report*, UN]", "rules:", *rule]
    )


def vote(lines: list[str], text: str, context: str = "", section: str | None = None) -> bool:
    [rule] = parse_rules(file_of(*lines), "toy.yaml", BOOK).rules
    return rule.vote(SentenceInContext(text, context, section)) == "against"


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("oppos*", "They OPPOSED it.", True),
        ("oppos*", "A counter-opposition.", False),
        ("reject|rejects the", "She rejects the text", True),
        ("reject|rejects the", "She rejects this, the text", False),
        ("reject* ..2 text", "They rejected, once more, the text.", False),
        ("reject* ..3 text", "They rejected, once more, the text.", True),
        ("reject* ..3 text", "They rejected; the text stood.", False),
        ("human_rights|rule_of_law", "the rule of law", True),
        ("reject* ..4 <text>", "rejecting this Draft Resolution", True),
        ("<text>", "two reports", True),
        ("<text>", "un deux trois", False),
        ("<text>", "the UN", True),
        ("^ they|we", "“We oppose it.”", True),
        ("^ they|we", "Here we oppose it.", False),
        ("^ ..1 we", "Here we oppose it.", True),
        ("people's", "the people\u2019s livelihood", True),
        ("U.S. ..1 report", "a U.S. State report", True),
        (r"'/vot(e|ed) (?-i:NO)/'", "They VOTED NO", True),
        (r"'/vot(e|ed) (?-i:NO)/'", "They voted no", False),
    ],
)
def test_patterns(pattern: str, text: str, found: bool) -> None:
    assert vote([f"match: {pattern}"], text) is found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We do not | oppose it", True),
        ("We don\u2019t | oppose it", True),
        ("Not only did they | oppose it", False),
        ("It is not our text, but we | oppose it", False),
        ("Nobody in the room had ever seemed likely to | oppose it", False),
        ("Rather than | oppose it", True),
        ("There is no doubt that we | oppose it", False),
    ],
)
def test_negation_reaches_as_far_as_its_clause(text: str, expected: bool) -> None:
    before, after = text.split("|")
    assert negated(before + after.strip(), len(before)) is expected


def test_a_rule_says_what_negation_means_to_it() -> None:
    plain, denied = "They oppose it.", "They do not oppose it."
    assert [vote(["match: oppose"], text) for text in (plain, denied)] == [True, False]
    assert [vote(["match: oppose", "negation: present"], text) for text in (plain, denied)] == [False, True]
    assert [vote(["match: oppose", "negation: either"], text) for text in (plain, denied)] == [True, True]


@pytest.mark.parametrize(
    ("text", "opened", "quoted"),
    [
        ('He said "no" twice.', False, ['"no"']),
        ("\u201cNo,\u201d he said, \u201cnever.\u201d", False, ["\u201cNo,\u201d", "\u201cnever.\u201d"]),
        ('"It goes on.', False, ['"It goes on.']),
        ('It ends here," he said.', False, ['It ends here,"']),
        ("It ends here.\u201d", False, ["It ends here.\u201d"]),
        ("Nothing at all.", False, []),
        ("Still in it.", True, ["Still in it."]),
        ('Over," he said.', True, ['Over,"']),
    ],
)
def test_quotations(text: str, opened: bool, quoted: list[str]) -> None:
    assert [text[start:end] for start, end in quotations(text, opened)] == quoted


def test_a_rule_may_ask_for_quoted_words_or_for_the_texts_own() -> None:
    inside, outside = 'She said "we oppose it".', "We oppose it, she said."
    assert [vote(["match: oppose", "quotation: inside"], text) for text in (inside, outside)] == [True, False]
    assert [vote(["match: oppose", "quotation: outside"], text) for text in (inside, outside)] == [False, True]


@pytest.mark.parametrize(
    ("text", "context", "speaker"),
    [
        ("China\u2019s envoy said that it would vote.", "", "China's envoy"),
        ('"It will not help," said Geng Shuang, China\'s envoy.', "", "Geng Shuang, China's envoy"),
        ("The body is for peace, said Geng Shuang, a deputy.", "", "Geng Shuang, a deputy"),
        ("According to the Foreign Ministry, nothing happened.", "", "the Foreign Ministry"),
        ('Minister Wu Li, a doctor, told reporters "it is over".', "", "Minister Wu Li, a doctor"),
        ('"We shall see."', "The Norwegian envoy warned of delay.", "The Norwegian envoy"),
        ("We shall see.", "The Norwegian envoy warned of delay.", ""),
        ("Nobody speaks here.", "", ""),
    ],
)
def test_the_speaker_is_named_by_word_order(text: str, context: str, speaker: str) -> None:
    assert SentenceInContext(text, context).speaker == speaker


def test_speaker_section_and_unless_must_all_fit() -> None:
    lines = ["match: oppose", "speaker: China", "section: findings", "unless: perhaps"]
    text = "China said that it will oppose the text."
    assert vote(lines, text, section="3. Findings")
    assert not vote(lines, text, section="Method")
    assert not vote(lines, text)
    assert not vote(lines, "Norway said that it will oppose the text.", section="Findings")
    assert not vote(lines, "China said that it will perhaps oppose the text.", section="Findings")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "toy.yaml: is empty"),
        ("task: [", r"toy.yaml:1: broken YAML"),
        (file_of("match: ok").replace("toy/1", "toy/2"), "toy.yaml:2: rules of codebook toy/2, but this run has toy/1"),
        (file_of("match: ok").replace("task: stance", "task: tone"), "toy.yaml:1: unknown task 'tone'"),
        (file_of("match: ok").replace("against", "hostile"), "toy.yaml:7: unknown stance label 'hostile'"),
        (file_of("match: ok").replace("rejects", "Rejects!"), "toy.yaml:6: 'Rejects!' must be a lower_case identifier"),
        (file_of("match: ok", "match: again"), "toy.yaml:10: 'match' is given twice"),
        (file_of("matches: ok"), "toy.yaml:9: unknown key 'matches'"),
        (file_of("negation: 'no'"), "asks for nothing"),
        (file_of("match: ok", "negation: 'no'"), "toy.yaml:10: negation is 'no'; choose of absent, present, either"),
        (file_of("match: []"), "toy.yaml:9: must be a list that is not empty"),
        (file_of("match:", "  - fine", "  - {a: b}"), "toy.yaml:11: must be a text"),
        (file_of("match: '/(vote/'"), r"toy.yaml:9: /\(vote/ is no regular expression"),
        (file_of("match: '/a*/'"), r"toy.yaml:9: /a\*/ matches the empty text"),
        (file_of("match: oppose ..99 it"), r"toy.yaml:9: '..99' is no gap"),
        (file_of("match: oppose ..2"), "toy.yaml:9: 'oppose ..2' must end with a word"),
        (file_of("match: ..2 oppose"), r"toy.yaml:9: '..2' is no gap"),
        (file_of("match: <texts>"), r"toy.yaml:9: <texts> is not among the terms of the file \(text\)"),
        (file_of("match: a*"), r"'a\*' begins too many words"),
        (file_of("match: oppose||reject"), "toy.yaml:9: '' cannot be matched"),
        (file_of("match: (oppose)"), r"toy.yaml:9: '\(oppose\)' cannot be matched"),
        ("- a list", "toy.yaml:1: must be a mapping"),
        ("task: stance\ncodebook: toy/1", "toy.yaml:1: 'rules' is missing"),
    ],
)
def test_a_fault_is_one_line_with_its_place(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        parse_rules(text, "toy.yaml", BOOK)
    assert "\n" not in str(caught.value)


def test_an_expression_that_backtracks_without_bound_is_refused_when_it_is_read() -> None:
    with pytest.raises(DataError, match=r"toy.yaml:9: /.*/ takes more than 1 s .* bound its repetitions"):
        parse_rules(file_of(r"match: '/^(?:(?:a|a|aa)+)+$/'"), "toy.yaml", BOOK)


def test_names_are_unique_and_files_must_be_there(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(file_of("match: ok"))
    with pytest.raises(DataError, match=r"two.yaml:6: rule 'rejects' is also at one.yaml:6"):
        read_rules(tmp_path, ["one.yaml", "two.yaml"], BOOK)
    with pytest.raises(DataError, match=r"three.yaml: cannot be read"):
        read_rules(tmp_path, ["three.yaml"], BOOK)
    (tmp_path / "one.yaml").write_bytes(b"task: \xff")
    with pytest.raises(DataError, match=r"one.yaml: byte 6 is not UTF-8"):
        read_rules(tmp_path, ["one.yaml"], BOOK)
