"""Reading back what was rendered: a strict HTML reader and the tables of a page or a Markdown text."""

from __future__ import annotations

from html.parser import HTMLParser

from markdown_it import MarkdownIt

VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "wbr"})


class Page(HTMLParser):
    """Parses a page, refusing tags that do not match; keeps what the tests ask for."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[list[list[str]]] = []
        self.captions: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
            self.captions.append("")
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> was never opened"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        self.texts.append((inside, data))
        if "caption" in self.open:
            self.captions[-1] += data
        elif "th" in self.open or "td" in self.open:
            self.tables[-1][-1][-1] += data

    def text(self, tag: str) -> str:
        """All text directly inside elements of `tag`."""
        return " ".join(data for inside, data in self.texts if inside == tag)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every element of `tag`."""
        return [attributes for name, attributes in self.tags if name == tag]


def markdown() -> MarkdownIt:
    """CommonMark with the tables and strikethrough of GitHub, and HTML let through where it is not escaped."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def folded(text: str) -> str:
    """`text` with white space folded, as both formats show it."""
    return " ".join(text.split())
