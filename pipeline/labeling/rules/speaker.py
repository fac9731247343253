"""Who a sentence says is speaking."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.labeling.rules.quotation import Span

_VERB = re.compile(
    r"\b(?:said|says|saying|told|tells|stat(?:ed|es)|stress(?:ed|es)|warn(?:ed|s)|argu(?:ed|es)|noted|notes|add(?:ed|s)"
    r"|declar(?:ed|es)|announc(?:ed|es)|claim(?:ed|s)|insist(?:ed|s)|repl(?:ied|ies)|respond(?:ed|s)|remark(?:ed|s)"
    r"|emphasi[sz](?:ed|es)|point(?:ed|s) out|urg(?:ed|es)|call(?:ed|s) (?:on|for|upon)|reiterat(?:ed|es)"
    r"|reaffirm(?:ed|s)|affirm(?:ed|s)|accus(?:ed|es)|contend(?:ed|s)|maintain(?:ed|s)|assert(?:ed|s)|explain(?:ed|s)"
    r"|observ(?:ed|es)|asked|wrote|writes|complain(?:ed|s)|recall(?:ed|s)|regretted|concluded|concludes)\b",
    re.IGNORECASE,
)
_ACCORDING = re.compile(r"\baccording to\s+([^,;\"\u201c\u201d]+)", re.IGNORECASE)
_NAMED = re.compile(r"\s*(?:the|an?|his|her|its|our)?\s*[A-Z]")
_LONGEST = 16
"""Words that a speaker's name and titles may take."""


def speaker(text: str, quoted: Sequence[Span]) -> str:
    """The words that name the speaker: "Geng Shuang, China's envoy" of `"…," said Geng Shuang, China's envoy.`

    `quoted` are the quoted spans of `text`; what is quoted names nobody. Empty where no speaker is named. This looks
    at word order alone: a verb of saying has its subject before it, or behind it where a comma or quotation precedes.
    """
    open_text = _blank(text, quoted)
    source = _ACCORDING.search(open_text)
    if source:
        return _words(source.group(1))
    verb = _VERB.search(open_text)
    if verb is None:
        return ""
    before, after = open_text[: verb.start()], open_text[verb.end() :]
    subject = re.split(r"[;:\0]", before)[-1]
    inverted = not subject.strip(" ,") or (subject.rstrip().endswith(",") and _NAMED.match(after) is not None)
    if inverted:
        return _words(re.split(r"[;:\0]", after)[0])
    return " ".join(subject.strip(" ,").split()[-_LONGEST:])


def _blank(text: str, spans: Sequence[Span]) -> str:
    """`text` with what is quoted overwritten by NUL characters, so that offsets stay."""
    for start, end in spans:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def _words(text: str) -> str:
    return " ".join(text.strip(" ,.").split()[:_LONGEST])
