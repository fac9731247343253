"""Many clients at once against `stance serve`, which this script starts and ends.

    python benchmarks/serve_load.py --model models/current --clients 100 --seconds 60

Each client sends one sentence a request over a connection of its own and waits for the answer before it sends the
next one (a closed loop). Before that, a single client does the same alone, for the latency without company. Server and
clients share the machine, so the figures are lower bounds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.artifacts import write_json
from pipeline.environment import hardware

ROOT = Path(__file__).parents[1]
_TEXTS = ("gold.jsonl", "composed.jsonl")


@dataclass(slots=True)
class Outcome:
    """What clients saw: seconds of each answered request, and how often what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and write JSON where asked; 1 if any request failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "current")
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--alone", type=float, default=5.0, help="seconds with a single client before (default: 5)")
    parser.add_argument("--output", type=Path, help="write the figures as JSON")
    arguments = parser.parse_args(argv)
    texts = sample()
    with server(arguments.model) as port:
        asyncio.run(load(port, texts, 1, 1.0))
        alone = asyncio.run(load(port, texts, 1, arguments.alone))
        together = asyncio.run(load(port, texts, arguments.clients, arguments.seconds))
    result = {
        "single": figures(alone, 1, arguments.alone),
        "concurrent": figures(together, arguments.clients, arguments.seconds),
        "hardware": hardware(),
    }
    print(json.dumps(result, indent=1))
    if arguments.output:
        write_json(arguments.output, result)
    return 1 if alone.errors or together.errors else 0


def sample() -> list[str]:
    """Different sentences of data/ in random, fixed order."""
    folder = ROOT / "data" / "annotations" / "v1"
    texts = {json.loads(line)["text"] for name in _TEXTS for line in (folder / name).read_text("utf-8").splitlines()}
    return random.Random(0).sample(sorted(texts), len(texts))


@contextmanager
def server(model: Path) -> Iterator[int]:
    """A running server's port."""
    command = [sys.executable, "-m", "pipeline.cli", "serve", "--model", str(model.resolve()), "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        port, said = 0, ""
        for line in process.stderr:
            said += line
            if found := re.search(r" at http://\S+:(\d+)", line):
                port = int(found[1])
            if "startup complete" in line:
                break
        else:
            sys.exit(f"the server did not start: {said}")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=90)


async def load(port: int, texts: Sequence[str], clients: int, seconds: float) -> Outcome:
    """Let `clients` ask for `seconds`, each beginning at another text."""
    outcome, end = Outcome(), time.perf_counter() + seconds
    starts = [number * len(texts) // clients for number in range(clients)]
    await asyncio.gather(*(_client(port, texts, start, end, outcome) for start in starts))
    return outcome


async def _client(port: int, texts: Sequence[str], number: int, end: float, outcome: Outcome) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while (began := time.perf_counter()) < end:
            text = texts[number % len(texts)]
            number += 1
            status, content = await _ask(reader, writer, json.dumps({"text": text}).encode())
            if status != 200 or json.loads(content)["predictions"][0]["text"] != text:
                outcome.errors[f"status {status}"] += 1
            else:
                outcome.seconds.append(time.perf_counter() - began)
    except (OSError, EOFError, ValueError) as error:
        outcome.errors[type(error).__name__] += 1
    finally:
        writer.close()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> tuple[int, bytes]:
    """One request on an open connection: a client of its own costs less than a library would, on the same cores."""
    head = "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(answer.partition("content-length:")[2].partition("\r")[0])
    return int(answer.split(" ", 2)[1]), await reader.readexactly(length)


def figures(outcome: Outcome, clients: int, seconds: float) -> dict[str, Any]:
    """Counts, rate, and percentiles of the latency in milliseconds."""
    times = np.array(outcome.seconds or [np.nan]) * 1000
    p50, p99 = (round(float(np.percentile(times, share)), 1) for share in (50, 99))
    return {
        "clients": clients,
        "seconds": seconds,
        "requests": len(outcome.seconds),
        "errors": dict(outcome.errors),
        "requests_per_second": round(len(outcome.seconds) / seconds, 1),
        "p50_ms": p50,
        "p99_ms": p99,
    }


if __name__ == "__main__":
    sys.exit(main())
