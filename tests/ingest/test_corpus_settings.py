from __future__ import annotations

from typing import Any

import pytest
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from pipeline.errors import ConfigError
from pipeline.settings.corpus import CLEANING_RULES, CleaningSettings, CorpusSettings, SkipSettings, SourceRules


def test_work_as_the_schema_of_a_config_with_sources_by_id() -> None:
    config = OmegaConf.merge(
        OmegaConf.structured(CorpusSettings),
        {
            "files": ["data"],
            "per_source": {"001": {"ends_before": "^End", "skip": [{"begins": "a", "ends": "b", "reason": "x"}]}},
        },
    )
    settings = OmegaConf.to_object(config)
    assert isinstance(settings, CorpusSettings)
    assert settings.per_source["001"].skip[0] == SkipSettings("a", "b", "x")
    assert settings.cleaning.rules == list(CLEANING_RULES)
    with pytest.raises(OmegaConfBaseException):
        OmegaConf.merge(OmegaConf.structured(CorpusSettings), {"per_source": {"001": {"line": 3}}})


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (CorpusSettings, {}, r"corpus\.files is empty"),
        (CorpusSettings, {"files": ["a"], "name": "../x"}, r"corpus\.name='\.\./x' cannot name a folder"),
        (CorpusSettings, {"files": ["a"], "encoding": "utf-9"}, r"corpus\.encoding='utf-9' is unknown"),
        (CorpusSettings, {"files": ["a"], "segmenter": "magic"}, r"corpus\.segmenter='magic' is unknown; choose"),
        (CorpusSettings, {"files": ["a"], "text_field": ""}, r"corpus\.text_field is empty"),
        (CleaningSettings, {"rules": ["headings"]}, r"corpus\.cleaning\.rules='headings' is unknown"),
        (CleaningSettings, {"short_line": 1.5}, r"corpus\.cleaning\.short_line=1\.5 is out of range"),
        (CleaningSettings, {"figure_lines": 1}, r"corpus\.cleaning\.figure_lines=1 is out of range"),
        (CleaningSettings, {"running_head_pages": 1}, r"corpus\.cleaning\.running_head_pages=1 is out of range"),
        (SourceRules, {"begins_after": "("}, r"begins_after='\(' is no regular expression"),
        (SourceRules, {"page_start": "(?<=a+)"}, r"page_start=.* is no regular expression"),
        (SourceRules, {"first_page": -99_999}, r"first_page=-99999 is out of range"),
        (SkipSettings, {"begins": "a", "reason": "x"}, r"skip needs a regular expression in 'ends'"),
        (SkipSettings, {"begins": "a", "ends": "b", "reason": "No Way"}, r"reason='No Way' must be a lower_case"),
    ],
)
def test_values_out_of_range_are_refused(kind: Any, values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        kind(**values)
