"""Which sentences must stay on one side of every split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pipeline.records import LabeledSentence
from pipeline.settings.split import SplitSettings
from pipeline.splitting.near_duplicates import near_duplicate_pairs


def make_groups(sentences: Sequence[LabeledSentence], settings: SplitSettings) -> dict[str, str]:
    """Map the id of each document sentence to its group.

    A document of at most `whole_document_limit` sentences is one group (`doc:000`); a longer one is cut into blocks of
    `block_size` neighbours (`doc:003:00012`). Where the data set names a group, that one stands. Groups that hold
    near-duplicates are one, named after their first.
    """
    lengths: dict[str, int] = {}
    for one in sentences:
        lengths[_document(one)] = max(lengths.get(_document(one), 0), one.index + 1)
    blocks = []
    for one in sentences:
        if one.group:
            blocks.append(f"group:{one.group}")
            continue
        document = _document(one)
        block = f":{one.index // settings.block_size:05d}" if lengths[document] > settings.whole_document_limit else ""
        blocks.append(f"doc:{document}{block}")

    names = list(dict.fromkeys(blocks))
    position = {name: number for number, name in enumerate(names)}
    of_sentence = np.array([position[block] for block in blocks], dtype=np.intp)
    if settings.near_duplicate == 0:
        return {one.id: block for one, block in zip(sentences, blocks, strict=True)}
    pairs = of_sentence[near_duplicate_pairs([one.text for one in sentences], settings.near_duplicate)]
    links = sparse.coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(names), len(names)))
    _, component = connected_components(links, directed=False)
    first = {int(number): names[row] for row, number in reversed(list(enumerate(component)))}
    return {one.id: first[int(component[row])] for one, row in zip(sentences, of_sentence, strict=True)}


def _document(sentence: LabeledSentence) -> str:
    return sentence.document or ""
