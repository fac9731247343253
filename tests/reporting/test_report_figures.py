from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

import pipeline.reporting
from pipeline.reporting.figures.confusion import cell_text, confusion_grid, worst_confusion
from pipeline.reporting.figures.drawing import Drawing, draw
from pipeline.reporting.figures.heatmap import Grid, draw_heatmap
from pipeline.reporting.figures.intervals import Estimate, Scale, Series, draw_intervals
from pipeline.reporting.figures.style import HEAT, INK, MUTED, VARIABLES, marks

CSS = (Path(pipeline.reporting.__file__).parent / "templates" / "report.css").read_text()


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2 for `#rrggbb`."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def variables(scheme: str) -> dict[str, str]:
    blocks = re.findall(r":root \{([^}]*--paper[^}]*--ink[^}]*)\}", CSS)
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", blocks[("light", "dark").index(scheme)]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_of_the_page_have_enough_contrast(scheme: str) -> None:
    colours = variables(scheme)
    for front, back in (
        ("--ink", "--paper"),
        ("--muted", "--paper"),
        ("--link", "--paper"),
        ("--ink", "--caution"),
        ("--ink", "--wash"),
        ("--ink", "--heat"),
    ):
        assert contrast(colours[front], colours[back]) >= 4.5, (front, back)
    for position in range(1, 7):
        assert contrast(colours[f"--series-{position}"], colours["--paper"]) >= 3, position


def test_every_figure_colour_follows_the_scheme() -> None:
    assert set(VARIABLES.values()) <= set(variables("light")) & set(variables("dark"))
    assert contrast(INK, HEAT) >= 4.5
    assert contrast(MUTED, "#ffffff") >= 4.5


def test_models_differ_without_colour() -> None:
    found = marks(["transformer", "tfidf", "embedding", "rules", "stratified", "majority", "one", "two"])
    assert len({mark.marker for mark in found.values()}) == len(found)
    assert len({str(mark.dash) for mark in found.values()}) == len(found)
    assert found["tfidf"] == marks(["tfidf"])["tfidf"]


def matrix(name: str, label: str = "against") -> Drawing:
    grid = confusion_grid([label, "favor"], [[3, 1], [0, 2.5]], "gold", "predicted", "found")
    return draw_heatmap(name, "Two labels", f"Heading {label}", grid, 50)


def test_two_figures_share_no_id() -> None:
    one, other = (set(re.findall(r'\bid="([^"]+)"', matrix(name).inline())) for name in ("one", "other"))
    assert one
    assert not one & other


def test_inline_figure_follows_the_page_and_the_file_stands_alone() -> None:
    figure = matrix("one")
    inline = figure.inline()
    assert "var(--heat, #4f94cd)" in inline
    assert "font-family: 'DejaVu" not in inline
    assert 'fill="#ffffff"' not in inline
    assert 'aria-label="Two labels"' in inline
    assert "<style" not in inline + figure.svg
    assert "var(" not in figure.svg
    assert 'fill="#ffffff"' in figure.svg


@pytest.mark.parametrize("label", ["<b>&amp;", "$x^2$ and $y$", "a\x00b", "人权"])
def test_text_in_figures_is_text(label: str) -> None:
    root = ElementTree.fromstring(matrix("one", label).svg)
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert label.replace("\x00", "\ufffd") in texts


def test_confusion_grid_counts_and_shares() -> None:
    grid = confusion_grid(["a_b", "c"], [[3, 1], [0, 0]], "gold", "predicted", "found")
    assert grid.rows == ["a b", "c"]
    assert grid.texts == [["3", "1"], ["", ""]]
    assert grid.shades == [[0.75, 0.25], [0.0, 0.0]]
    assert grid.margin == ["75 %", "\u2013"]


@pytest.mark.parametrize(
    ("value", "text"), [(0, ""), (3.0, "3"), (0.4, "0.4"), (12.6, "13"), (9.96, "10"), (1234, "1234")]
)
def test_cell_text(value: float, text: str) -> None:
    assert cell_text(value) == text


def test_worst_confusion() -> None:
    assert worst_confusion(["a", "b", "c"], [[5, 0, 2], [1, 9, 0], [0, 0, 0]]) == ("a", "c", 2.0)
    assert worst_confusion(["a", "b"], [[5, 0], [0, 9]]) is None


def test_many_columns_widen_the_figure_and_never_shrink_cells() -> None:
    def width(columns: int) -> int:
        grid = Grid(["row"], [f"c{k}" for k in range(columns)], [["1"] * columns], [[0.5] * columns])
        return draw_heatmap("wide", "alt", "heading", grid, 50).width

    assert width(3) == width(8) == 360
    assert width(60) >= 60 * 22


def test_intervals_draw_what_there_is() -> None:
    estimates = [Estimate(0.5, 0.4, 0.6), None, Estimate(0.9)]
    series = [Series(name, mark, estimates) for name, mark in marks(["tfidf", "transformer"]).items()]
    figure = draw_intervals(
        "i", "alt", ["first row", "second", "third"], series, Scale("F1"), 50, ["n 5", "n 6", "n 7"]
    )
    for text in ("first row", "third", "n 7", "F1", "tfidf"):
        assert f">{text}<" in figure.svg


def test_estimate_of_a_metric() -> None:
    assert Estimate.of({"mean": 0.5, "ci": [0.4, 0.6]}) == Estimate(0.5, 0.4, 0.6)
    assert Estimate.of({"mean": 0.5, "ci": None}) == Estimate(0.5)
    assert Estimate.of({"mean": None, "ci": None}) is None
    assert Estimate.of(None) is None


def test_zero_line_stands_where_the_scale_says_zero() -> None:
    series = [Series("d", marks(["x"])["x"], [Estimate(5, -2, 12)])]
    plain = draw_intervals("p", "alt", ["row"], series, Scale("points", -20, 20), 50)
    zero = draw_intervals("p", "alt", ["row"], series, Scale("points", -20, 20, zero=True), 50)
    assert zero.svg.count("<path") == plain.svg.count("<path") + 1


def test_rows_from_top_to_bottom() -> None:
    series = [Series("d", marks(["x"])["x"], [Estimate(0.5)] * 3)]
    root = ElementTree.fromstring(draw_intervals("o", "alt", ["a", "b", "c"], series, Scale("F1"), 50).svg)
    heights = {e.text: float(str(e.get("y"))) for e in root.iter("{http://www.w3.org/2000/svg}text")}
    assert all(heights[upper] < heights[lower] for upper, lower in pairwise("abc"))


@pytest.mark.parametrize("count", [2, 4, 5, 6, 9])
def test_the_legend_is_read_line_by_line(count: int) -> None:
    names = [f"model-{number}" for number in range(count)]
    shown = marks(names)
    series = [Series(name, shown[name], [Estimate(0.5)]) for name in names]
    root = ElementTree.fromstring(draw_intervals("l", "alt", ["row"], series, Scale("F1"), 50).svg)
    places = {
        e.text: (float(str(e.get("y"))), float(str(e.get("x"))))
        for e in root.iter("{http://www.w3.org/2000/svg}text")
        if e.text in names
    }
    assert sorted(names, key=lambda name: places[name]) == names


def test_drawing_leaves_the_users_matplotlib_settings_alone() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)

    def paint(figure: Figure) -> None:
        figure.text(0.5, 0.5, "x")

    draw("n", "alt", (100, 50), paint, 50)
    assert dict(matplotlib.rcParams) == before
