"""The two Jinja environments: in both, whatever is not markup of the template is escaped for its format."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.reporting.blocks import Column, Section, drawings
from pipeline.reporting.escaping import code_block, code_span, escape_markdown, printable, slug
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.formatting import percent

_LOADER = PackageLoader("pipeline.reporting", "templates")


def render_html(title: str, subtitle: str, sections: tuple[Section, ...]) -> str:
    """One self-contained page: style and figures inside, no script, nothing fetched."""
    environment = Environment(
        loader=_LOADER,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if hasattr(value, "__html__") else printable(str(value)),
    )
    environment.filters["percent"] = percent
    environment.filters["paragraphs"] = _paragraphs
    environment.filters["svg"] = lambda drawing: Markup(drawing.inline())  # ours: text in it was escaped by the writer
    return environment.get_template("report.html.j2").render(title=title, subtitle=subtitle, sections=sections)


def render_markdown(title: str, subtitle: str, sections: tuple[Section, ...]) -> str:
    """The same sections as GitHub-flavoured Markdown, with figures as links to files."""
    template = markdown_environment().get_template("report.md.j2")
    return _close_up(template.render(title=title, subtitle=subtitle, sections=sections))


def render_card(template: str, front_matter: str, context: dict[str, Any]) -> str:
    """A card of the Hugging Face hub: YAML front matter, then the Markdown of `template`."""
    body = markdown_environment().get_template(template).render(**context)
    return f"---\n{front_matter.strip()}\n---\n\n{_close_up(body)}"


def markdown_environment() -> Environment:
    """Jinja with autoescape on, where escaping means escaping for Markdown.

    Jinja's own escape would write HTML entities; `finalize` sees every value before it and hands on what it has
    escaped as markup, which autoescape then leaves alone.
    """
    environment = Environment(
        loader=_LOADER,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if hasattr(value, "__html__") else Markup(escape_markdown(str(value))),
    )
    environment.filters["percent"] = percent
    environment.filters["code_span"] = lambda text: Markup(code_span(text))
    environment.filters["code_block"] = lambda text, language: Markup(code_block(text, language))
    environment.filters["slug"] = lambda name: Markup(slug(name))
    environment.filters["rule"] = _rule
    environment.filters["paragraphs"] = _paragraphs
    return environment


def all_drawings(sections: tuple[Section, ...]) -> list[Drawing]:
    """Every figure of the report, in reading order."""
    return [drawing for section in sections for drawing in drawings(section.blocks)]


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, which empty lines part."""
    return [part for part in text.split("\n\n") if part.strip()]


def _rule(columns: tuple[Column, ...]) -> Markup:
    """The line under a Markdown table's head, which also aligns the columns."""
    return Markup("|" + "|".join("---:" if column.kind == "number" else "---" for column in columns) + "|")


def _close_up(text: str) -> str:
    """At most one empty line in a row, outside of code blocks too: none of ours holds two."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() or (lines and lines[-1].strip()):
            lines.append(line.rstrip())
    return "\n".join(lines).strip() + "\n"
