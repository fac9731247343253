"""Whether what a pattern found is negated."""

from __future__ import annotations

import re

_SCOPE = 5
"""Words before the match in which a negation reaches it, the window of NegEx."""
_CUE = re.compile(
    r"\b(?:no|not|never|neither|nor|none|nobody|without|cannot|hardly|rather than|instead of|far from)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_PSEUDO = re.compile(
    r"\b(?:not (?:only|just|merely|simply|least)|no (?:doubt|less|more than|sooner)|without doubt|not without)\b",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(
    r"[,;:.!?()\u2013\u2014\"\u201c\u201d]|\b(?:but|however|yet|although|though|except|because|since|while|whereas)\b",
    re.IGNORECASE,
)


def negated(text: str, start: int) -> bool:
    """Whether a negation word stands before `text[start:]`, in its clause and at most five words away.

    After Chapman et al., "A Simple Algorithm for Identifying Negated Findings and Diseases in Discharge Summaries"
    (2001), with words of general English: the clause ends at punctuation or a conjunction such as "but", and phrases
    that only look like negation ("not only", "no doubt") do not count.
    """
    clause = _BOUNDARY.split(text[:start])[-1]
    near = " ".join(clause.split()[-_SCOPE:])
    return bool(_CUE.search(_PSEUDO.sub(" ", near)))
