"""A finished figure: SVG for the page, SVG and PNG as files, and the words that stand for it."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pipeline.reporting.escaping import printable, slug
from pipeline.reporting.figures.style import RC, VARIABLES

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif"
_JOINS = "stroke-linejoin: round; stroke-linecap: butt"

ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _XLINK)


@dataclass(frozen=True, slots=True)
class Drawing:
    """One figure. `name` is the stem of its files and the prefix of every id in the SVG; `alt` says what it shows."""

    name: str
    alt: str
    svg: str
    """A file of its own: text as text, white ground, fixed colours."""
    png: bytes
    width: int

    def inline(self) -> str:
        """SVG for the page: transparent, colours as CSS variables, the page's font, scaled by CSS."""
        root = ElementTree.fromstring(self.svg)
        for child in list(root):
            if child.get("data-role") == "ground" or child.tag in (f"{{{_SVG}}}title", f"{{{_SVG}}}desc"):
                root.remove(child)
        for element in root.iter():
            style = element.get("style")
            if style:
                style = re.sub(r"#[0-9a-fA-F]{6}", _variable, style)
                element.set("style", re.sub(r"font-family: [^;]*(; )?", "", style))
        root.set("style", f"max-width: {round(1.25 * self.width)}px; {_JOINS}")
        root.set("role", "img")
        root.set("aria-label", self.alt)
        for attribute in ("width", "height", "aria-labelledby"):
            root.attrib.pop(attribute, None)
        return ElementTree.tostring(root, encoding="unicode")


def draw(
    name: str, alt: str, size: tuple[float, float], paint: Callable[[Figure], None], dpi: int, heading: str = ""
) -> Drawing:
    """Draw a figure of `size` (width, height) in CSS pixels.

    `paint` draws into an empty figure, whose coordinates it may take as given: there is no automatic layout, so equal
    input gives equal files. `heading` is the title of the file for assistive software; `alt` serves where it is empty.
    """
    with matplotlib.rc_context(RC), warnings.catch_warnings():
        # A title in a script that the raster font lacks still shows in the SVG; boxes in the PNG are no reason to fail.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=72)
        FigureCanvasAgg(figure)
        paint(figure)
        vector, raster = io.BytesIO(), io.BytesIO()
        figure.savefig(vector, format="svg", metadata={"Date": None}, transparent=True)
        figure.savefig(
            raster,
            format="png",
            dpi=dpi,
            facecolor="white",
            metadata={"Software": None},
            pil_kwargs={"compress_level": 4},
        )
    name = slug(name)
    svg = _tidy(printable(vector.getvalue().decode()), name, printable(alt), printable(heading or alt))
    return Drawing(name, printable(alt), svg, raster.getvalue(), round(size[0]))


def _variable(match: re.Match[str]) -> str:
    colour = match.group().lower()
    return f"var({VARIABLES[colour]}, {colour})" if colour in VARIABLES else colour


def _tidy(svg: str, name: str, alt: str, heading: str) -> str:
    """Matplotlib's SVG as one that can share a page: own ids, no style sheet, no metadata, a name and a ground."""
    root = ElementTree.fromstring(svg.encode())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key == "id":
                element.set(key, f"{name}-{value}")
            elif key == f"{{{_XLINK}}}href" and value.startswith("#"):
                element.set(key, f"#{name}-{value[1:]}")
            elif "url(#" in value:
                element.set(key, value.replace("url(#", f"url(#{name}-"))
            elif key == "style":
                element.set(key, re.sub(r"font-family: [^;]*", f"font-family: {_FONTS}", value))
    root.set("style", _JOINS)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    ground = ElementTree.Element(f"{{{_SVG}}}rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
    ground.set("data-role", "ground")
    heads = []
    for tag, text in (("title", heading), ("desc", alt)):
        element = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": f"{name}-{tag}"})
        element.text = text
        heads.append(element)
    root[:0] = [*heads, ground]
    return ElementTree.tostring(root, encoding="unicode") + "\n"
