"""Punctuation marks of the scripts at hand, for use within the brackets of a regular expression."""

from __future__ import annotations

CJK_STOPS = "\u3002\uff01\uff1f\uff61"
"""Full stops, exclamation and question marks that no space follows."""

STOPS = f".!?\u2026{CJK_STOPS}\u0964\u061f\u06d4"
"""What may end a sentence: Latin, ellipsis, Chinese and Japanese, Devanagari, Arabic, Urdu."""

CLOSERS = "\u201d\u2019\u00bb\"'\uff09)\\]\u300f\u300d\u3011\u203a"
"""Closing quotation marks and brackets: curly, guillemets, straight, full-width."""

OPENERS = "\u201c\u201e\u2018\u00ab\u2039\"'(\\[\uff08\u300c\u300e\u3010"
"""Opening quotation marks and brackets."""

BULLETS = "\u2022\u25aa\u25e6\u25cf\u2023"
"""Marks of list items that mean nothing else."""

DASHES = "*\u2013\u2014-"
"""Marks of list items that also stand within sentences."""

CLOSING_MARKS = CLOSERS.replace("\\", "")
OPENING_MARKS = OPENERS.replace("\\", "")
"""The same as plain characters, for `str.strip`."""
