from __future__ import annotations

import pytest

from pipeline.codebook import Codebook, Task
from pipeline.errors import ConfigError, DataError

BOOK = Codebook(name="book", version="1", tasks={"stance": Task(labels={"for": "a", "against": "b"})})


def test_label_order_is_the_order_of_the_file() -> None:
    assert BOOK.labels("stance") == ("for", "against")
    assert BOOK.index("stance", "against") == 1
    assert BOOK.identifier == "book/1"


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    with pytest.raises(DataError, match="unknown task 'frame'; codebook book/1 has stance"):
        BOOK.labels("frame")
    with pytest.raises(DataError, match="unknown stance label 'pro'; codebook book/1 has for, against"):
        BOOK.index("stance", "pro")


def test_a_codebook_that_asks_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="no tasks"):
        Codebook(name="book", version="1")
    with pytest.raises(ConfigError, match="at least two labels"):
        Task(labels={"only": ""})
    with pytest.raises(ConfigError, match="contrast"):
        Task(labels={"for": "", "against": ""}, contrast=["pro"])
