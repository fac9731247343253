"""The split stage: groups that stay together, folds made of them, and the check that nothing leaks."""

from __future__ import annotations

from pipeline.splitting.folds import Fold, Folds
from pipeline.splitting.inner import development_split, inner_folds
from pipeline.splitting.leakage import check_leakage, class_warnings
from pipeline.splitting.near_duplicates import near_duplicates_of
from pipeline.splitting.strategies import split

__all__ = [
    "Fold",
    "Folds",
    "check_leakage",
    "class_warnings",
    "development_split",
    "inner_folds",
    "near_duplicates_of",
    "split",
]
