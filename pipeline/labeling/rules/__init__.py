"""Rules that label sentences: readable files of patterns, aware of negation, quotation and speaker."""

from __future__ import annotations

from pipeline.labeling.rules.rule import Rule
from pipeline.labeling.rules.rule_file import RuleFile, parse_rules, read_rules
from pipeline.labeling.rules.sentence import SentenceInContext

__all__ = ["Rule", "RuleFile", "SentenceInContext", "parse_rules", "read_rules"]
