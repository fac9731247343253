"""The label definitions of the codebook as the encoder reads them: what the heads of the transformer begin as."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from pipeline.codebook import Codebook
from pipeline.models.inputs import InputForm, rows_of
from pipeline.models.multitask import MultiTaskClassifier
from pipeline.models.training import PaddingCollator


def definition_vectors(network: MultiTaskClassifier, inputs: InputForm, codebook: Codebook) -> list[Tensor]:
    """One tensor a task, shape (labels, hidden size): unit vectors of the labels' definitions, less their mean.

    A sentence then begins nearest to the label whose definition it resembles. The length matters no less: heads that
    begin short stay short, and never get sure of a label.
    """
    collate = PaddingCollator(inputs.tokenizer)
    found = []
    network.eval()
    with torch.no_grad():
        for task in codebook.tasks.values():
            texts = [f"{label.replace('_', ' ')}: {definition}" for label, definition in task.labels.items()]
            rows = rows_of(inputs.tokens(texts), range(len(texts)))
            vectors = functional.normalize(network.vectors(**collate(rows)), dim=1)
            found.append(vectors - vectors.mean(dim=0))
    return found
