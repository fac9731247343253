"""`stance annotate`: the sentences of a corpus to a language model, its answers to a file of votes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.annotating.selection import read_corpus, read_ids
from pipeline.artifacts import read_records, write_json, write_records
from pipeline.codebook_file import find_codebook, read_codebook
from pipeline.errors import ConfigError, DataError, EndpointError, LimitReachedError
from pipeline.labeling.language_model.annotator import Annotated, Annotator, contexts
from pipeline.labeling.language_model.budget import Budget
from pipeline.labeling.language_model.cache import AnswerCache
from pipeline.labeling.language_model.endpoint import Endpoint
from pipeline.labeling.language_model.prompt import Prompt
from pipeline.progress import Progress
from pipeline.records import Sentence, VoteKind
from pipeline.settings.language_model import LanguageModelSettings, read_language_model_settings

DEFAULT_CONFIG = Path("configs") / "language_model.yaml"
LIMITED = 3
"""Exit code where a limit ended the run."""
_EPILOG = """\
exit codes: 0 all sentences asked, 2 bad input or an endpoint that fails, 3 a limit was reached
(what was answered is written and kept in the cache; the same command goes on where it stopped)

examples:
  stance annotate --from five_documents --dry-run             # the prompt, and what would be sent; sends nothing
  stance annotate --from mine --output data/annotations/mine/model.jsonl
  stance annotate --from mine --only next.jsonl --output data/annotations/mine/model.jsonl

Nothing is sent anywhere before base_url and model are set in configs/language_model.yaml. docs/language_model.md
"""


def main(argv: Sequence[str]) -> int:
    """Run `stance annotate` with `argv`; errors are left to the caller."""
    arguments = _parser().parse_args(argv)
    root = Path.cwd()
    codebook = read_codebook(find_codebook(arguments.codebook, root))
    settings = read_language_model_settings(arguments.config)
    prompt = Prompt.of(codebook)
    sentences = read_corpus(arguments.source, root)
    context = contexts(sentences, settings.context)
    asked = _chosen(sentences, arguments)
    if arguments.dry_run:
        _show(prompt, asked, context)
        return 0
    settings.require_configured(arguments.config)
    output = _output(arguments.output)
    budget = Budget(settings)
    annotator = Annotator(
        name=f"{settings.model}@{prompt.digest(settings.parameters, settings.context)}",
        codebook=codebook,
        prompt=prompt,
        endpoint=Endpoint(settings, settings.key(), budget),
        cache=AnswerCache(root / settings.cache, settings),
    )
    _refuse_other_votes(output, annotator.name)
    done: list[Annotated] = []
    failure: LimitReachedError | EndpointError | None = None
    try:
        with Progress(f"ask {settings.model}", len(asked)) as progress:
            for one in annotator.annotate(asked, context):
                done.append(one)
                progress.advance()
    except (LimitReachedError, EndpointError) as error:
        failure = error
    if done:
        _write(output, done, annotator, settings, budget)
        print(_summary(output, done, budget, len(asked)), file=sys.stderr)
    if isinstance(failure, LimitReachedError):
        print(f"stopped: {failure}", file=sys.stderr)
        return LIMITED
    if failure is not None:
        raise failure
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stance annotate",
        description="Ask a language model for labels by the codebook. Its votes are marked as votes of a model.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--from", dest="source", required=True, metavar="CORPUS", help="name of an ingested corpus")
    add("--output", type=Path, metavar="VOTES", help="file of votes (.jsonl) to write")
    add("--only", type=Path, metavar="FILE", help="JSON Lines with the ids of the sentences, as suggest writes them")
    add("--n", type=int, metavar="N", help="the first N sentences only")
    add("--config", type=Path, default=DEFAULT_CONFIG, metavar="FILE", help=f"default: {DEFAULT_CONFIG}")
    add("--codebook", default="", metavar="NAME", help="default: the one that configs/run.yaml names")
    add("--dry-run", action="store_true", help="show the prompt and what would be sent, and send nothing")
    return parser


def _chosen(sentences: Sequence[Sentence], arguments: argparse.Namespace) -> list[Sentence]:
    chosen = list(sentences)
    if arguments.only:
        by_id = {one.id: one for one in sentences}
        ids = read_ids(arguments.only)
        if unknown := [one for one in ids if one not in by_id]:
            raise DataError(f"{arguments.only}: sentence {unknown[0]!r} is not in corpus {arguments.source!r}")
        chosen = [by_id[one] for one in ids]
    if arguments.n is not None and arguments.n < 1:
        raise ConfigError(f"--n is {arguments.n}, it must be at least 1")
    return chosen[: arguments.n]


def _output(path: Path | None) -> Path:
    if path is None or path.suffix != ".jsonl":
        raise ConfigError(f"--output is {path}; name a file of votes that ends in .jsonl")
    return path


def _refuse_other_votes(path: Path, annotator: str) -> None:
    """The file is written anew from the cache, so it must hold nobody else's votes."""
    if not path.is_file():
        return
    rows: list[dict[str, Any]] = read_records(path, dict)
    if any(row.get("annotator") != annotator or row.get("kind") != VoteKind.MODEL for row in rows):
        raise DataError(f"{path} holds votes of others than {annotator}; name another file with --output")


def _write(
    output: Path, done: Sequence[Annotated], annotator: Annotator, settings: LanguageModelSettings, budget: Budget
) -> None:
    """Votes, abstentions with their reasons, and all that the votes' annotator was told."""
    output.parent.mkdir(parents=True, exist_ok=True)
    aside = output.with_suffix(".abstained.jsonl")
    abstentions = [abstention for one in done for abstention in one.abstentions]
    if abstentions:
        write_records(aside, abstentions)
    else:
        aside.unlink(missing_ok=True)
    write_json(
        output.with_suffix(".annotator.json"),
        {
            "annotator": annotator.name,
            "model": settings.model,
            "base_url": settings.base_url,
            "codebook": annotator.codebook.identifier,
            "parameters": dict(settings.parameters),
            "context": settings.context,
            "system": annotator.prompt.system,
            "schema": dict(annotator.prompt.schema),
            "sentences": len(done),
            "last_run": {
                "asked": sum(one.paid for one in done),
                "requests": budget.requests,
                "prompt_tokens": budget.prompt_tokens,
                "completion_tokens": budget.completion_tokens,
                "cost": budget.cost(),
            },
        },
    )
    write_records(output, [vote for one in done for vote in one.votes])


def _summary(output: Path, done: Sequence[Annotated], budget: Budget, wanted: int) -> str:
    votes = [vote for one in done for vote in one.votes]
    abstained = sum(vote.label is None for vote in votes)
    tokens = budget.prompt_tokens + budget.completion_tokens
    cost = f", cost {budget.cost():.4f}" if budget.cost() else ""
    return (
        f"{output}: {len(votes)} votes on {len(done)} of {wanted} sentences, {abstained} abstentions; "
        f"{sum(not one.paid for one in done)} from the cache; {budget.requests} requests, {tokens:,} tokens{cost}"
    )


def _show(prompt: Prompt, asked: Sequence[Sentence], context: dict[str, str]) -> None:
    size = 0
    for number, one in enumerate(asked):
        messages = prompt.messages(one.text, context[one.id])
        size += sum(len(message["content"]) for message in messages)
        if number == 0:
            print("\n\n".join(f"[{message['role']}]\n{message['content']}" for message in messages))
    print(
        f"\n{len(asked)} sentences would be asked, {size:,} characters in all (about {size // 4:,} tokens of English); "
        "nothing was sent"
    )
