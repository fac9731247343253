"""How fast ingest turns text into sentences, and whether its time grows in proportion to the length.

    python benchmarks/ingest_speed.py [megabytes]

For each input: megabytes (UTF-8) a second on one core for `split_text` and for the whole way of a document through
cleaning and segmentation, and the time for twice the length divided by the time for once the length (2 is linear).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import DataError
from pipeline.ingest import split_text
from pipeline.ingest.corpus import split_document
from pipeline.ingest.reading import Reading
from pipeline.records import Document
from pipeline.settings.corpus import CorpusSettings, SourceRules

RAW = Path(__file__).parent.parent / "data" / "raw"
SETTINGS = CorpusSettings(files=["unused"])


def inputs(size: int) -> dict[str, str]:
    """Texts of about `size` characters: ordinary ones, and ones that trip up backtracking or quadratic code."""
    raw = [path.read_text(encoding="utf-8") for path in sorted(RAW.glob("*.txt"))]
    news, thesis = "\n\n".join(raw[:3]), raw[3]
    units = {
        "news reports": news + "\n",
        "wrapped thesis": thesis,
        "one line of prose": " ".join(news.split()) + " ",
        "quotation marks": '"',
        "curly quotation marks": "\u201c\u201d",
        "full stops": ".",
        "spaced full stops": ". ",
        "line feeds": "\n",
        "spaces": " ",
        "letters without space": "a",
        "Chinese without stops": "\u4eba\u6743",
        "Chinese sentences": "\u4e2d\u56fd\u4e00\u8d2f\u53cd\u5bf9\u653f\u6cbb\u5316\u3002",
        "opening brackets": "(",
        "one word a line": "word\n",
        "list items": "\u2022 item\n",
        "abbreviations": "U.S. ",
    }
    return {name: (unit * (size // len(unit) + 1))[:size] for name, unit in units.items()}


def whole_way(text: str) -> int:
    """Sentences of `text` as a document; 0 where it has none."""
    try:
        sentences, _ = split_document(Reading(Document("benchmark", "benchmark", text)), SETTINGS, SourceRules())
    except DataError:
        return 0
    return len(sentences)


def seconds(work: Callable[[str], object], text: str) -> float:
    """CPU time of one call, which other programs on the machine do not lengthen."""
    begin = time.process_time()
    work(text)
    return time.process_time() - begin


def main() -> None:
    """Print one line an input."""
    size = int(float(sys.argv[1]) * 1e6) if len(sys.argv) > 1 else 5_000_000
    print(f"{'input':24}{'MB':>6}{'split_text MB/s':>18}{'2x/1x':>7}{'ingest MB/s':>14}{'2x/1x':>7}")
    for name, text in inputs(size).items():
        megabytes = len(text.encode()) / 1e6
        cells = []
        for work in (split_text, whole_way):
            half, full = seconds(work, text[: size // 2]), seconds(work, text)
            cells.append((megabytes / max(full, 1e-9), full / max(half, 1e-9)))
        (speed, ratio), (ingest_speed, ingest_ratio) = cells
        print(f"{name:24}{megabytes:6.1f}{speed:18.2f}{ratio:7.2f}{ingest_speed:14.2f}{ingest_ratio:7.2f}", flush=True)


if __name__ == "__main__":
    main()
