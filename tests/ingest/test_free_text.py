from __future__ import annotations

import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest import split_text


def test_sentences_come_with_their_place_and_nothing_is_cleaned_away() -> None:
    text = "Headline of it all\n\nChina opposes the resolution.  It said\tso. [1]\n\nRead more: x\n"
    spans = split_text(text)
    assert [span.text for span in spans] == [
        "Headline of it all",
        "China opposes the resolution.",
        "It said so.",
        "[1]",
        "Read more: x",
    ]
    assert all(" ".join(text[span.start : span.end].split()) == span.text for span in spans)


def test_wrapped_lines_are_joined() -> None:
    text = (
        "We firmly reject the draft\nresolution, which serves no-\nbody. It is a pretext\nand nothing else.\n\n"
        "We vote against it."
    )
    assert [span.text for span in split_text(text)] == [
        "We firmly reject the draft resolution, which serves nobody.",
        "It is a pretext and nothing else.",
        "We vote against it.",
    ]


def test_one_sentence_without_full_stop() -> None:
    assert split_text("we oppose it") == [("we oppose it", 0, 12)]
    assert split_text(" \n ") == []


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from(list('aB1 .!?\u201c\u201d"-\n\r\f\u00ad\u4eba\u3002')), max_size=80))
def test_every_character_that_is_not_white_lies_in_one_span(text: str) -> None:
    spans = split_text(text)
    held = "".join(text[span.start : span.end] for span in spans).replace("\u00ad", "")
    assert "".join(held.split()) == "".join(text.replace("\u00ad", "").split())
    assert all(span.text.strip() == span.text for span in spans)


def test_splitting_loads_no_reader_and_nothing_heavy() -> None:
    code = (
        "import sys; from pipeline.ingest import split_text; split_text('It is so. He left.');"
        "print(sorted({'trafilatura','pypdfium2','ftfy','yaml','numpy','torch','omegaconf','pipeline.ingest.rules'}"
        " & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
