"""Files of rules, read strictly: every fault names its file and line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.labeling.rules.pattern import Pattern, Phrase, Terms, compile_pattern, phrases
from pipeline.labeling.rules.rule import Rule

FILE_KEYS = ("task", "codebook", "terms", "rules")
RULE_KEYS = ("name", "label", "reason", "match", "unless", "speaker", "section", "negation", "quotation")
NEGATION = {"absent": False, "present": True, "either": None}
QUOTATION = {"outside": False, "inside": True, "either": None}
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")

Fields = dict[str, yaml.Node]


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The rules of one task, with the `text` that they were read from and its `name`, which errors cite."""

    name: str
    text: str
    task: str
    rules: tuple[Rule, ...]


def read_rules(root: Path, names: Sequence[str], codebook: Codebook) -> list[RuleFile]:
    """Read the rule files `names`, relative to `root`; raises DataError naming file and line."""
    files = []
    for name in names:
        try:
            text = (root / name).read_text(encoding="utf-8")
        except OSError as error:
            raise DataError(f"{name}: cannot be read ({error.strerror}); set its path under labeling.rules") from error
        except UnicodeDecodeError as error:
            raise DataError(f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
        files.append(parse_rules(text, name, codebook))
    places: dict[str, str] = {}
    for rule in (rule for file in files for rule in file.rules):
        if (earlier := places.setdefault(rule.name, rule.place)) != rule.place:
            raise DataError(
                f"{rule.place}: rule {rule.name!r} is also at {earlier}; rename one, as votes bear the name"
            )
    return files


def parse_rules(text: str, name: str, codebook: Codebook) -> RuleFile:
    """Check `text`, YAML as docs/labelling.md describes it; `name` is the file's name in errors. Raises DataError."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataError(f"{name}:{line}: broken YAML ({error.problem}); quote what holds special characters") from error
    except yaml.YAMLError as error:
        raise DataError(f"{name}: broken YAML ({' '.join(str(error).split())}); mend the file") from error
    if node is None:
        raise DataError(f"{name}: is empty; it needs {', '.join(FILE_KEYS)}")
    reader = _Reader(name)
    fields = reader.fields(node, FILE_KEYS)
    task = reader.text(reader.needed(fields, "task", node))
    if task not in codebook.tasks:
        raise DataError(f"{reader.place(fields['task'])}: unknown task {task!r}; choose of {', '.join(codebook.tasks)}")
    followed = reader.text(reader.needed(fields, "codebook", node))
    if followed != codebook.identifier:
        raise DataError(
            f"{reader.place(fields['codebook'])}: rules of codebook {followed}, but this run has {codebook.identifier};"
            " revise the rules for it, or leave the file out of labeling.rules"
        )
    terms = reader.terms(fields.get("terms"))
    entries = reader.entries(reader.needed(fields, "rules", node))
    rules = tuple(reader.rule(entry, task, codebook.labels(task), terms) for entry in entries)
    return RuleFile(name, text, task, rules)


class _Reader:
    """Turns YAML nodes into what they should be, or into an error with their place."""

    def __init__(self, name: str) -> None:
        self.name = name

    def place(self, node: yaml.Node) -> str:
        """`file:line` of a node."""
        return f"{self.name}:{node.start_mark.line + 1}"

    def fields(self, node: yaml.Node, known: Sequence[str] | None) -> Fields:
        """The keys of a mapping, each once and, unless `known` is None, one of `known`."""
        if not isinstance(node, yaml.MappingNode):
            raise DataError(f"{self.place(node)}: must be a mapping of {', '.join(known or ('names',))}")
        fields: Fields = {}
        for key, value in node.value:
            name = self.text(key)
            if known is not None and name not in known:
                raise DataError(f"{self.place(key)}: unknown key {name!r}; known here: {', '.join(known)}")
            if name in fields:
                raise DataError(f"{self.place(key)}: {name!r} is given twice; remove one")
            fields[name] = value
        return fields

    def needed(self, fields: Fields, key: str, parent: yaml.Node) -> yaml.Node:
        if key not in fields:
            raise DataError(f"{self.place(parent)}: {key!r} is missing; add it")
        return fields[key]

    def text(self, node: yaml.Node) -> str:
        """A scalar as it is written, without YAML's guesses at numbers and booleans, white space folded."""
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise DataError(f"{self.place(node)}: must be a text that is not empty")
        return " ".join(node.value.split())

    def entries(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise DataError(f"{self.place(node)}: must be a list that is not empty")
        return list(node.value)

    def terms(self, node: yaml.Node | None) -> Terms:
        """Word lists by name; a list may use those above it."""
        terms: dict[str, list[Phrase]] = {}
        for name, listed in (self.fields(node, None) if node is not None else {}).items():
            if not _IDENTIFIER.fullmatch(name):
                raise DataError(f"{self.place(listed)}: {name!r} must be a lower_case identifier to be used as <name>")
            terms[name] = [
                phrase for one in self.entries(listed) for phrase in phrases(self.text(one), self.place(one), terms)
            ]
        return terms

    def rule(self, node: yaml.Node, task: str, labels: Sequence[str], terms: Terms) -> Rule:
        fields = self.fields(node, RULE_KEYS)
        name, label, reason = (self.text(self.needed(fields, key, node)) for key in ("name", "label", "reason"))
        if not _IDENTIFIER.fullmatch(name):
            raise DataError(f"{self.place(fields['name'])}: {name!r} must be a lower_case identifier")
        if label not in labels:
            place = self.place(fields["label"])
            raise DataError(f"{place}: unknown {task} label {label!r}; choose of {', '.join(labels)}")
        if not fields.keys() & {"match", "speaker", "section"}:
            raise DataError(f"{self.place(node)}: rule {name!r} asks for nothing; give it match, speaker or section")
        return Rule(
            name=name,
            task=task,
            label=label,
            reason=reason,
            place=self.place(node),
            match=self._patterns(fields.get("match"), terms),
            unless=self._patterns(fields.get("unless"), terms),
            speaker=self._patterns(fields.get("speaker"), terms),
            section=self._patterns(fields.get("section"), terms),
            negation=self._choice(fields, "negation", NEGATION, "absent"),
            quotation=self._choice(fields, "quotation", QUOTATION, "either"),
        )

    def _patterns(self, node: yaml.Node | None, terms: Terms) -> tuple[Pattern, ...]:
        """One pattern, or a list of them."""
        if node is None:
            return ()
        listed = [node] if isinstance(node, yaml.ScalarNode) else self.entries(node)
        return tuple(compile_pattern(self.text(one), self.place(one), terms) for one in listed)

    def _choice(self, fields: Fields, key: str, choices: dict[str, bool | None], default: str) -> bool | None:
        chosen = self.text(fields[key]) if key in fields else default
        if chosen not in choices:
            place = self.place(fields[key])
            raise DataError(f"{place}: {key} is {chosen!r}; choose of {', '.join(choices)}")
        return choices[chosen]
