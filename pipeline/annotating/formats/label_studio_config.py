"""The labelling interface of Label Studio, generated from a codebook."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from pipeline.codebook import Codebook, Task
from pipeline.errors import ConfigError

TEXT = "_text"
"""Name of the tag that shows the sentence: no task has a name that starts with an underscore."""
_STYLE = """
.context { color: #767676; }
.sentence { font-size: 1.2em; margin: 0.5em 0 1em; }
.task { margin-top: 1em; }
"""


def labeling_config(codebook: Codebook, adjudicate: bool = False) -> str:
    """XML to paste into Settings, Labeling Interface, Code.

    Each task is a `Choices` of its name that holds one `Choice` a label, in codebook order, with its definition as a
    hint; rules and examples fold out below. With `adjudicate` the votes that disagree are shown. Raises ConfigError
    for a label that Label Studio would take for a variable.
    """
    view = Element("View")
    SubElement(view, "Style").text = _STYLE
    if codebook.target:
        _header(view, f"Target: {codebook.target}", 5)
    _text(view, "_context", "$context", "context")
    _text(view, TEXT, "$text", "sentence")
    if adjudicate:
        _text(view, "_votes", "$votes", "votes")
    for name, task in codebook.tasks.items():
        _task(view, name, task)
    _guide(view, codebook)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _text(view: Element, name: str, value: str, style: str) -> None:
    SubElement(SubElement(view, "View", className=style), "Text", name=name, value=value)


def _header(view: Element, value: str, size: int) -> None:
    # A leading dollar would name a field of the data.
    SubElement(view, "Header", value=f" {value}" if value.startswith("$") else value, size=str(size))


def _task(view: Element, name: str, task: Task) -> None:
    block = SubElement(view, "View", className="task")
    _header(block, f"{name}: {task.question}" if task.question else name, 4)
    choices = SubElement(block, "Choices", name=name, toName=TEXT, choice="single-radio", showInline="true")
    for label, definition in task.labels.items():
        if label.startswith("$"):
            raise ConfigError(f"{name} label {label!r} starts with a dollar, which Label Studio takes for a variable")
        choice = SubElement(choices, "Choice", value=label)
        if definition:
            choice.set("hint", definition)


def _guide(view: Element, codebook: Codebook) -> None:
    guide = SubElement(view, "Collapse")
    if codebook.rules:
        panel = _panel(guide, f"Codebook {codebook.identifier}: rules for all tasks")
        for rule in codebook.rules:
            _header(panel, rule, 5)
    for name, task in codebook.tasks.items():
        panel = _panel(guide, f"Codebook {codebook.identifier}: {name}")
        for label, definition in task.labels.items():
            examples = "".join(f" e.g. {example}" for example in task.examples.get(label, ()))
            _header(panel, f"{label}: {definition}{examples}", 5)
        for rule in task.rules:
            _header(panel, rule, 5)


def _panel(guide: Element, title: str) -> Element:
    return SubElement(SubElement(guide, "Panel", value=title), "View")
