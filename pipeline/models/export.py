"""ONNX forms of a trained transformer, made when it is saved and checked there against the network they come from.

Two forms: `model.onnx` (fp32) and `model.int8.onnx` (pipeline.models.quantization), each with its weights beside it in
a file of their own, which is mapped into memory instead of being read and copied: half of the time that loading takes.
A form that fails its check is deleted and `export.json` says why. OpenVINO computes the same files; where it is
installed, it is checked in the same way. Nothing here is imported for inference.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from pipeline.artifacts import read_json, write_json
from pipeline.errors import DataError
from pipeline.evaluation.metrics import confusion_matrix, macro_f1, predicted_labels
from pipeline.inference.backends import OPENVINO
from pipeline.inference.encoding import Encoded, batches
from pipeline.inference.engine import Engine, OnnxEngine
from pipeline.models.exportable import OPSET, write_fp32
from pipeline.models.inputs import InputForm, sentence_inputs
from pipeline.models.multitask import MultiTaskClassifier
from pipeline.models.quantization import Row, quantize
from pipeline.records import LabeledSentence

FORMAT = 1
FILES = {"fp32": "model.onnx", "int8": "model.int8.onnx"}
TOLERANCE = 1e-3
"""Largest difference of any probability between the network and the fp32 form."""
MACRO_F1_TOLERANCE = 0.005
"""Largest loss in macro-F1 (half a point) of a form against the network, in each task."""
_CALIBRATION, _CHECKED, _BATCH = 128, 1000, 16

Logits = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Form:
    """One ONNX form: whether it is offered, else why not, and what the check found (macro-F1 a task)."""

    file: str
    offered: bool
    reason: str | None = None
    max_probability_difference: float | None = None
    macro_f1: Mapping[str, float] = field(default_factory=dict)


def export(
    network: MultiTaskClassifier, tokenizer: PreTrainedTokenizerBase, folder: Path, sentences: Sequence[LabeledSentence]
) -> dict[str, Form]:
    """Write the ONNX forms of the model saved in `folder`, and `export.json` with the verdict on each.

    Of `sentences`, up to 128 calibrate the int8 form and up to 1,000 others check both forms; where there is only one,
    it does both. A task without any label among them is checked against the network's own labels. Raises DataError
    without sentences.
    """
    if not sentences:
        raise DataError(f"{folder}: no sentences to check the ONNX forms on; pass some of the training sentences")
    note = read_json(folder / "model.json")
    tasks: dict[str, list[str]] = note["tasks"]
    form = InputForm(tokenizer, note["max_length"], note["context"], bool(note["targets"]))
    told = "token_type_ids" in tokenizer.model_input_names
    paired = (form.context or form.target) and network.segments and told
    inputs = ["input_ids", "attention_mask", *(["token_type_ids"] if paired else [])]
    step = max(2, -(-len(sentences) // _CALIBRATION))
    calibration = _rows(form, sentences[::step], inputs)
    held_out = [sentence for index, sentence in enumerate(sentences) if index % step] or list(sentences)
    checked = held_out[:: -(-len(held_out) // _CHECKED)]
    check = _Check(checked, _rows(form, checked, inputs), tasks)
    network = network.eval()
    with torch.inference_mode():
        expected = check.logits(lambda row: [values.numpy() for values in network(**_tensors(row))])
    with _quiet():
        forms = _onnx_forms(network, folder, calibration, check, expected)
    openvino = _openvino_forms(folder, forms, check, expected)
    write_json(
        folder / "export.json",
        {
            "format": FORMAT,
            "opset": OPSET,
            "inputs": inputs,
            "tasks": list(tasks),
            "sentences": {"calibrated": len(calibration), "checked": len(checked)},
            "network_macro_f1": check.macro_f1(expected, expected),
            "forms": {name: asdict(form) for name, form in forms.items()},
            "openvino": {name: asdict(form) for name, form in openvino.items()},
            "versions": {
                name: metadata.version(name)
                for name in ("torch", "onnx", "onnxruntime", *(["openvino"] if openvino else []))
            },
        },
    )
    return forms


@dataclass(frozen=True, slots=True)
class _Check:
    """Sentences, as the network reads them, on which an ONNX form must agree with it."""

    sentences: Sequence[LabeledSentence]
    rows: Sequence[Row]
    tasks: Mapping[str, Sequence[str]]

    def logits(self, run: Any) -> Logits:
        """Logits of each task, shape (sentences, labels), one sentence at a time."""
        found = [run(row) for row in self.rows]
        return {
            task: np.concatenate([each[index] for each in found]).astype(np.float64)
            for index, task in enumerate(self.tasks)
        }

    def judge(self, file: str, engine: Engine, expected: Logits, tolerance: float | None) -> Form:
        """Compare what `engine` makes of the form in `file` with the network's logits `expected`.

        The engine computes batches, as it does in use: there are engines that err with several sentences only.
        """
        found = self._logits_of(engine)
        difference = max(float(np.abs(_softmax(found[task]) - _softmax(expected[task])).max()) for task in self.tasks)
        scores, wanted = self.macro_f1(found, expected), self.macro_f1(expected, expected)
        reasons = [
            f"macro-F1 of {task} is {scores[task]:.4f}, the network's {wanted[task]:.4f}"
            for task in self.tasks
            if wanted[task] - scores[task] > MACRO_F1_TOLERANCE
        ]
        if tolerance is not None and not difference <= tolerance:
            reasons.append(f"a probability differs by {difference:.2g} from the network's, more than {tolerance:g}")
        return Form(file, not reasons, "; ".join(reasons) or None, difference, scores)

    def _logits_of(self, engine: Engine) -> Logits:
        nothing = [0] * max(len(row["input_ids"]) for row in self.rows)
        encoded = [
            Encoded(list(row["input_ids"]), list(row.get("token_type_ids", nothing[: len(row["input_ids"])])))
            for row in self.rows
        ]
        found = {task: np.empty((len(self.rows), len(labels))) for task, labels in self.tasks.items()}
        for batch in batches(encoded, _BATCH):
            for task, values in engine.logits(batch).items():
                found[task][batch.positions] = values
        return found

    def macro_f1(self, logits: Logits, expected: Logits) -> dict[str, float]:
        """Macro-F1 a task over the labelled sentences; over the labels of `expected` where none is labelled."""
        scores = {}
        for task, labels in self.tasks.items():
            given = [sentence.labels.get(task) for sentence in self.sentences]
            known = np.array([label is not None for label in given])
            gold = np.array([labels.index(label) for label in given if label is not None], dtype=np.int64)
            if not known.any():
                known[:], gold = True, predicted_labels(expected[task])
            matrix = confusion_matrix(gold, predicted_labels(logits[task][known]), len(labels))
            scores[task] = float(macro_f1(matrix))
        return scores


def _onnx_forms(
    network: MultiTaskClassifier, folder: Path, calibration: Sequence[Row], check: _Check, expected: Logits
) -> dict[str, Form]:
    """Write both forms, and delete those that fail."""
    inputs, tasks = list(check.rows[0]), list(check.tasks)
    forms: dict[str, Form] = {}

    def judge(path: Path, tolerance: float | None) -> Form:
        return check.judge(path.name, OnnxEngine(path, inputs, tasks), expected, tolerance)

    try:
        write_fp32(network, folder / FILES["fp32"], inputs, tasks)
        forms["fp32"] = judge(folder / FILES["fp32"], TOLERANCE)
        if forms["fp32"].offered:
            forms["int8"] = _best_int8(folder, calibration, lambda path: judge(path, None))
    except (torch.onnx.OnnxExporterError, torch.onnx.errors.UnsupportedOperatorError) as error:
        forms["fp32"] = Form(FILES["fp32"], False, f"torch.onnx cannot export this encoder: {_first_line(error)}")
    for name, file in FILES.items():
        forms.setdefault(name, Form(file, False, "made from the fp32 form, which is not offered"))
        if not forms[name].offered:
            (folder / file).unlink(missing_ok=True)
            (folder / f"{file}.data").unlink(missing_ok=True)
    return forms


def _openvino_forms(folder: Path, forms: Mapping[str, Form], check: _Check, expected: Logits) -> dict[str, Form]:
    """The verdict on what OpenVINO makes of the offered forms, in bf16 too where this processor computes in it.

    Nothing where it is not installed: it is then not offered, since nobody knows what it would make of them.
    """
    if not find_spec(OPENVINO):
        return {}
    from pipeline.inference.openvino_engine import OpenVinoEngine, computes_bf16

    inputs, found = list(check.rows[0]), {}
    for precision in ("fp32", "int8", *(["bf16"] if computes_bf16() else [])):
        form = forms["fp32" if precision == "bf16" else precision]
        if form.offered:
            engine = OpenVinoEngine(folder / form.file, precision, inputs, list(check.tasks), threads=1)
            tolerance = TOLERANCE if precision == "fp32" else None
            found[precision] = check.judge(form.file, engine, expected, tolerance)
    return found


def _best_int8(folder: Path, calibration: Sequence[Row], judge: Callable[[Path], Form]) -> Form:
    """The int8 form, the narrowing products left in fp32 where it fails its check otherwise.

    Those take what the activation function gives, whose rare large values cost one scale for all most of its precision.
    """
    for narrowing in (True, False):
        quantize(folder / FILES["fp32"], folder / FILES["int8"], calibration, narrowing)
        form = judge(folder / FILES["int8"])
        if form.offered:
            break
    return form


def _rows(form: InputForm, sentences: Sequence[LabeledSentence], inputs: Sequence[str]) -> list[Row]:
    columns = form.tokens(*sentence_inputs(sentences))
    return [{name: columns[name][index] for name in inputs} for index in range(len(sentences))]


def _tensors(row: Row) -> dict[str, Tensor]:
    return {name: torch.tensor([list(ids)]) for name, ids in row.items()}


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Exporter and quantizer log at length about optional packages and steps that do not concern the user."""
    previous = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(previous)
