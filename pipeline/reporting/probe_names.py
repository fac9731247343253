"""Names of the probes as a reader sees them, what each does, and what is demanded of a model under it."""

from __future__ import annotations

from pipeline.evaluation.probe_verdict import Criterion

PROBE_NAMES = {
    "labels_shuffled": "Labels shuffled",
    "words_shuffled": "Words shuffled",
    "entities_masked": "Names masked",
    "holders_masked": "Holders masked",
    "length_only": "Length only",
    "target_hidden": "Target hidden",
    "random_folds": "Random folds",
    "leave_one_document_out": "New document",
    "leave_one_kind_out": "New kind",
}
"""Display names, in the order of the report; short enough for the margin of a figure."""

CONTROLS = tuple(PROBE_NAMES)[:6]
LEAKY = "random_folds"
UNFAMILIAR = ("leave_one_document_out", "leave_one_kind_out")

WHAT_IT_DOES = {
    "labels_shuffled": "training sentences bear each other's labels (what the codebook's label definitions tell a model"
    " that begins with them stays)",
    "words_shuffled": "every sentence has its words in random order, in training and test",
    "entities_masked": "every name of a person, place or body is the word “Entity”, in training and test",
    "holders_masked": "names, and offices such as government, envoy or scholar, are the word “Holder”",
    "length_only": "of a sentence nothing is left but about how many words it has",
    "target_hidden": "the model is not told what the stance is towards",
    "random_folds": "folds are drawn sentence by sentence, so that neighbours lie on both sides",
    "leave_one_document_out": "each document is predicted by a model that trained on the others",
    "leave_one_kind_out": "each kind of document is predicted by a model that trained on the other kinds",
}

DEMANDS = {
    Criterion.CHANCE: "passes unless the interval of macro-F1 minus chance lies above 0",
    Criterion.WORSE: "passes where the interval of what is lost lies above 0",
    Criterion.KEEPS: "passes where at least half of the lead over chance stays, by its whole interval",
    Criterion.INFLATES: "what macro-F1 gains is what leakage would feign",
    Criterion.CARRIES: "passes where the interval of macro-F1 minus chance lies above 0",
}
"""The criterion of a probe in words."""
