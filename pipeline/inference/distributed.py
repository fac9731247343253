"""`--engine ray`: the same classifier on Ray Data, a worker for each core of a cluster or of this machine.

Ray hands out shards, starts a new worker for one that died and gives its shard to another. It carries no texts: each
worker reads files and writes its part of the output itself (pipeline.inference.shards).
"""

from __future__ import annotations

import importlib
import logging
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pipeline.artifacts import write_json
from pipeline.environment import usable_cores
from pipeline.errors import ConfigError, StanceError
from pipeline.inference.bulk import Done, job_of
from pipeline.inference.bulk_progress import counting
from pipeline.inference.output_paths import FORMAT, Checkpoint, OutputPaths, disk_errors
from pipeline.inference.results import Results
from pipeline.inference.shards import Parts, Shard, ShardClassifier, ShardDone, ShardJob, shards_of
from pipeline.inference.sources import Sources

_OBJECT_STORE = 80 << 20
"""Bytes of memory for what Ray carries between processes on this machine: close to the least that it accepts."""


def classify_shards(
    results: Results,
    sources: Sources,
    paths: OutputPaths,
    *,
    resume: bool = False,
    abstain_below: float | None = None,
    address: str | None = None,
) -> Done:
    """Classify the files of `sources` on a cluster into a folder of parts, or go on with what was interrupted.

    The parts in order are what one process writes into one file. `abstain_below` is what the classifier of `results`
    was loaded with. Raises ConfigError without Ray or its cluster, StanceError for what a worker could not do.
    """
    parts, shards = Parts(paths), shards_of(sources.paths)
    classifier = results.classifier
    start = Checkpoint(FORMAT, f"ray {job_of(results, sources)}", classifier.engine, classifier.precision)
    job = ShardJob(
        folder=str(Path.cwd()),
        model=str(classifier.path.resolve()),
        tasks=tuple(classifier.labels),
        abstain_below=abstain_below,
        engine=classifier.engine,
        precision=classifier.precision,
        sources=replace(sources, texts=[], paths=[]),
        explain=results.explain,
        batch_size=results.batch_size,
        output=str(paths.target.absolute()),
        alone=len(sources.paths) == 1,
    )
    with disk_errors(paths.target), parts.paths.locked():
        state = parts.paths.begun(start, resume)
        if state is None or not state.read_all:
            with _cluster(address) as ray:
                if state is None:
                    shutil.rmtree(parts.notes, ignore_errors=True)
                    write_json(parts.paths.checkpoint, asdict(start))
                parts.make_folders()
                done = _run(ray, job, shards, parts, sources.count())
            parts.merge_rejected(shards)
            rejected = sum(each["rejected"] for each in done)
            total = rejected + sum(each["sentences"] for each in done)
            state = replace(start, done=total, rejected=rejected, read_all=True)
            write_json(parts.paths.checkpoint, asdict(state))
        shutil.rmtree(parts.notes, ignore_errors=True)
        parts.paths.close()
    return Done(state.done - state.rejected, state.rejected)


def _run(ray: Any, job: ShardJob, shards: Sequence[Shard], parts: Parts, total: int | None) -> list[ShardDone]:
    """Let workers do all shards that are not done; return the notes of all."""
    done = parts.done(shards)
    finished = {each["number"] for each in done}
    left = [shard for shard in shards if shard["number"] not in finished]
    if not left:
        return done
    before = sum(each["sentences"] + each["rejected"] for each in done)
    with counting(total, before) as advance:
        cores = int(ray.cluster_resources().get("CPU", 0))
        if cores > len(left):
            print(
                f"classify: {len(left)} shards for {cores} cores; more and smaller files would use all", file=sys.stderr
            )
        pool = ray.data.ActorPoolStrategy(size=max(1, min(cores, len(left))), max_tasks_in_flight_per_actor=1)
        rows = ray.data.from_items(left, override_num_blocks=len(left)).map(
            ShardClassifier, fn_constructor_args=(job,), compute=pool, num_cpus=1
        )
        try:
            for row in rows.iter_rows():
                if row["error"] is not None:
                    raise StanceError(row["error"])
                done.append(row)
                advance(row["sentences"] + row["rejected"])
        except ray.exceptions.RayError as error:
            reason = str(error).strip().splitlines()[-1]
            raise StanceError(f"Ray gave up ({reason}); mend the cluster, then go on with --resume") from error
    return done


@contextmanager
def _cluster(address: str | None) -> Iterator[Any]:
    """Ray, joined to the cluster at `address` or started on this machine, and left again at the end.

    Its usage reports are switched off, as far as this process starts it. A session that is there already is used.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what a user can act on comes as an exception
    try:
        ray: Any = importlib.import_module("ray")
        importlib.import_module("ray.data")
    except ImportError as error:
        raise ConfigError(
            f"--engine ray needs a package that is not installed ({error.name}); pip install 'stance-pipeline[ray]'"
        ) from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    ray.data.DataContext.get_current().enable_progress_bars = False
    if ray.is_initialized():
        yield ray
        return
    place = address or os.environ.get("RAY_ADDRESS") or "local"
    local = {"num_cpus": usable_cores(), "object_store_memory": _OBJECT_STORE, "include_dashboard": False}
    try:
        ray.init(place, log_to_driver=False, logging_level=logging.ERROR, **(local if place == "local" else {}))
    except Exception as error:  # Ray's errors of starting and joining share no other base
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ConfigError(f"no Ray cluster at {place!r} ({reason}); correct --ray-address, or leave it out") from error
    try:
        yield ray
    finally:
        ray.shutdown()
