"""The training loop: `transformers.Trainer` with length-grouped batches, replay, and the best state kept in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from datasets import Dataset
from torch import Tensor, nn
from torch.utils.data import DataLoader, Sampler
from transformers import (
    EvalPrediction,
    PreTrainedTokenizerBase,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)
from transformers.trainer_pt_utils import get_length_grouped_indices

from pipeline.models.callbacks import AverageWeights, KeepBest, Progress, ReportProgress
from pipeline.models.multitask import MultiTaskClassifier, MultiTaskLoss, layer_depth


@dataclass(frozen=True, slots=True)
class Plan:
    """One run of the training loop.

    With `averaging` above 0 it ends in the mean of the weights over that last share of the steps; else it stops
    `patience` evaluations after the best one and ends there.
    """

    name: str
    epochs: int
    learning_rate: float
    layer_decay: float
    weight_decay: float
    warmup: float
    batch_size: int
    patience: int
    averaging: float
    bfloat16: bool
    seed: int


@dataclass
class History:
    """What a run did: steps taken, sentences seen, development log-loss after each epoch, and the epoch kept."""

    steps: int = 0
    sentences: int = 0
    losses: list[float] = field(default_factory=list)
    best_epoch: int = 0


class LengthGroupedBatches(Sampler[list[int]]):
    """Batches of sentences of similar length, in random order.

    The first `always` sentences are in every epoch; of the rest a fresh random `share` is. Padding a batch to its own
    longest sentence then wastes little, and shuffled batches keep length from drifting within an epoch.

    `versions` holds the probability of each version of a sentence. The rows hold all sentences once a version, in the
    same order; an epoch shows one version of each sentence, drawn anew.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        batch_size: int,
        always: int,
        share: float,
        seed: int,
        versions: Sequence[float] = (1.0,),
    ) -> None:
        self.versions = torch.tensor(versions)
        self.lengths = torch.tensor(lengths).reshape(len(versions), -1)
        self.sentences = self.lengths.shape[1]
        self.batch_size = batch_size
        self.always = always
        self.drawn = round(share * (self.sentences - always))
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return -(-(self.always + self.drawn) // self.batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        extra = torch.randperm(self.sentences - self.always, generator=self.generator)[: self.drawn] + self.always
        chosen = torch.cat([torch.arange(self.always), extra])
        version = torch.multinomial(self.versions, len(chosen), replacement=True, generator=self.generator)
        lengths = self.lengths[version, chosen].tolist()
        rows = (version * self.sentences + chosen).tolist()
        order = get_length_grouped_indices(lengths, self.batch_size, generator=self.generator)
        starts = torch.randperm(len(self), generator=self.generator) * self.batch_size
        for start in starts.tolist():
            yield [rows[index] for index in order[start : start + self.batch_size]]


class PaddingCollator:
    """Pads token ids to the longest sentence of the batch; labels and their importance become (batch, tasks)."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self.tokenizer = tokenizer

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        tokens = [{name: row[name] for name in row if name not in ("labels", "importance", "length")} for row in rows]
        batch = dict(self.tokenizer.pad(tokens, return_tensors="pt"))
        if "labels" in rows[0]:
            batch["labels"] = torch.tensor([row["labels"] for row in rows])
            batch["importance"] = torch.tensor([row["importance"] for row in rows], dtype=torch.float32)
        return batch


class MultiTaskTrainer(Trainer):
    """A Trainer whose batches come from a given sampler and whose loss spans several heads."""

    def __init__(self, *, loss: MultiTaskLoss, rows: Dataset, batches: LengthGroupedBatches, **arguments: Any) -> None:
        super().__init__(train_dataset=rows, **arguments)
        self.loss = loss
        self.rows = rows
        self.batches = batches
        self.loss_is_scaled_for_ga = False

    def get_train_dataloader(self) -> DataLoader[Any]:
        """The training batches, as the sampler groups them."""
        loader: DataLoader[Any] = DataLoader(
            self.rows, batch_sampler=self.batches, collate_fn=self.data_collator, pin_memory=torch.cuda.is_available()
        )
        prepared: DataLoader[Any] = self.accelerator.prepare(loader)
        return prepared

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """Mean loss of the batch, with the logits a task where asked for."""
        labels, importance = inputs.pop("labels"), inputs.pop("importance")
        logits = model(**inputs)
        loss = self.loss(logits, labels, importance)
        return (loss, dict(enumerate(logits))) if return_outputs else loss


def train(
    model: MultiTaskClassifier,
    tokenizer: PreTrainedTokenizerBase,
    rows: Dataset,
    plan: Plan,
    loss: MultiTaskLoss,
    *,
    always: int,
    share: float,
    versions: Sequence[float] = (1.0,),
    development: Dataset | None = None,
    judge: Callable[[EvalPrediction], dict[str, float]] | None = None,
    progress: Progress | None = None,
) -> History:
    """Train `model` in place on `rows` and leave it on the CPU, in the state that `plan` names.

    The first `always` sentences are in every epoch, of the others a fresh random `share`, each in one of its `versions`
    (see LengthGroupedBatches). `judge` maps an evaluation on `development` to `{"log_loss": value}`; both only matter
    to a plan that looks for its best epoch. Nothing is left on disk.
    """
    batches = LengthGroupedBatches(rows["length"], plan.batch_size, always, share, plan.seed, versions)
    searching = development is not None and not plan.averaging
    best = KeepBest(model, plan.patience)
    average = AverageWeights(model, plan.averaging)
    callbacks: list[TrainerCallback] = [average if plan.averaging else best]
    if progress is not None:
        callbacks.append(ReportProgress(progress, plan.name))
    with tempfile.TemporaryDirectory() as scratch:
        trainer = MultiTaskTrainer(
            loss=loss,
            rows=rows,
            batches=batches,
            model=model,
            args=_arguments(plan, scratch, evaluate=searching),
            data_collator=PaddingCollator(tokenizer),
            eval_dataset=development if searching else None,
            compute_metrics=judge,
            callbacks=callbacks,
            optimizers=(_optimizer(model, plan), None),
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    # Takes off the autocast around the forward pass, so that predictions are those of the saved model, and accelerate's
    # mark, which would keep the next training from having one.
    trainer.accelerator.unwrap_model(model, keep_fp32_wrapper=False)
    vars(model).pop("_is_accelerate_prepared", None)
    best.restore()
    average.restore()
    model.to("cpu").eval()
    steps = int(trainer.state.global_step)
    seen = round(steps / max(len(batches), 1) * (batches.always + batches.drawn))
    return History(steps, seen, [round(value, 6) for value in best.losses], best.best_epoch or plan.epochs)


def _arguments(plan: Plan, scratch: str, evaluate: bool) -> TrainingArguments:
    return TrainingArguments(
        output_dir=scratch,
        num_train_epochs=plan.epochs,
        warmup_steps=plan.warmup,
        per_device_train_batch_size=plan.batch_size,
        per_device_eval_batch_size=2 * plan.batch_size,
        train_sampling_strategy="group_by_length",
        eval_strategy="epoch" if evaluate else "no",
        save_strategy="no",
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        label_names=["labels"],
        # Without this, transformers takes bf16 for a GPU's and refuses it.
        use_cpu=not torch.accelerator.is_available(),
        bf16=plan.bfloat16,
        dataloader_pin_memory=torch.cuda.is_available(),
        seed=plan.seed,
    )


def _optimizer(model: MultiTaskClassifier, plan: Plan) -> torch.optim.Optimizer:
    """AdamW; rates fall by `layer_decay` a layer (Howard and Ruder 2018), biases and norms are not decayed."""
    groups: dict[tuple[int, bool], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            key = (layer_depth(name, model.depth), parameter.ndim > 1)
            groups.setdefault(key, []).append(parameter)
    return torch.optim.AdamW(
        [
            {
                "params": parameters,
                "lr": plan.learning_rate * plan.layer_decay ** (model.depth + 1 - height),
                "weight_decay": plan.weight_decay if is_matrix else 0.0,
            }
            for (height, is_matrix), parameters in groups.items()
        ],
        fused=True,
    )
