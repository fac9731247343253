"""Words that the segmentation and the joining of lines look at. English, with what international documents use."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BEFORE_NAME = _words(
    "mr mrs ms messrs mx dr prof st hon rev fr gen sen rep gov amb lt col capt cmdr maj sgt adm cpl pres supt"
    " e.g i.e h.e h.r.h vs viz cf"
)
"""Abbreviations that never end a sentence: what follows belongs to them."""

BEFORE_NUMBER = _words(
    "no nos art arts sec secs para paras par p pp pg vol vols fig figs ch chap chaps cl reg rev doc res add corr ed eds"
    " jan feb mar apr jun jul aug sep sept oct nov dec op n nn ca c"
)
"""Abbreviations that do not end a sentence before a number (No. 5, Art. 2, Jan. 3)."""

BEFORE_CONTINUATION = _words(
    "al inc ltd co corp jr sr bros dept univ est approx assn ave blvd mt ft govt intl natl etc ph.d m.a b.a"
)
"""Abbreviations that end a sentence only before a word that usually begins one."""

DAYS_AND_ZONES = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december gmt utc est edt cst pst pdt cet bst eastern pacific central local"
)
"""What may follow a time of day within a sentence (5 p.m. Tuesday, 10 a.m. GMT)."""

STARTERS = _words(
    "a an the this that these those there here it he she they we i you its his her their our my your"
    " in on at by for from with without to under over during despite since after before until while when where why how"
    " what who which if as although though because unless whether however moreover furthermore therefore thus hence"
    " but and or so yet nor nevertheless nonetheless meanwhile instead also still then now later today yesterday"
    " not no all some many most both each every several such another other others only even according asked speaking"
    " first second third finally following earlier recently indeed rather perhaps once let is are was were do does did"
    " can could will would should must may"
)
"""Words that usually begin a sentence when they are capitalised, and seldom are part of a name."""

DANGLING = _words("the a an of and or to in on at by for from with that which as is are was were")
"""Words that no paragraph ends with."""

SUSPENDED = _words("and or to nor but und oder et ou y o")
"""What follows a suspended hyphen (first- and second-line), which breaks no word."""

HYPHEN_PREFIXES = _words("co self non anti ex vice so")
"""First parts of compounds that keep their hyphen."""

SAYING = "said|says|say|added|adds|asked|asks|told|stressed|noted|warned|replied|wrote|continued|exclaimed|argued|urged"
"""Verbs that tie a quotation to its speaker, as alternatives of a regular expression."""
