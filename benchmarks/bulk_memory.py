"""Peak memory and rate of `stance classify` on a large file, which this script makes.

    python benchmarks/bulk_memory.py --model models/current --lines 5000000

Most lines repeat some thousand sentences in changing order, as press releases and wire reports do; the rest are all
different. The command runs in a process of its own, whose peak resident memory the operating system tells.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.artifacts import write_json
from pipeline.environment import hardware

ROOT = Path(__file__).parents[1]
TEXTS = ("gold.jsonl", "composed.jsonl")
AIM_MB = 1536
COMMAND = "import sys; from pipeline.cli import main; sys.exit(main(sys.argv[1:]))"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command; `lines_out` counts records, `peak_mb` is in MiB."""

    lines_in: int
    different: int
    lines_out: int
    rejected: int
    seconds: float
    lines_per_second: float
    cpu_seconds: float
    peak_mb: int
    input_mb: int
    output_mb: int


def main(argv: Sequence[str] | None = None) -> int:
    """Run the sizes asked for, print a table, write JSON where asked; 1 where a run lost lines or the aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "current")
    parser.add_argument("--lines", type=int, nargs="+", default=[5_000_000], help="sizes, one run each")
    parser.add_argument("--repeated", type=int, default=4000, help="sentences that are repeated (default: 4000)")
    parser.add_argument(
        "--different", type=float, default=0.01, help="share of lines that occur only once (default: 0.01)"
    )
    parser.add_argument("--folder", type=Path, help="where input and output lie meanwhile (default: the system's)")
    parser.add_argument("--output", type=Path, help="write the figures as JSON")
    arguments = parser.parse_args(argv)
    runs = []
    print(f"{hardware()['cpu']}, {hardware()['cores']} cores; {arguments.model}")
    print(f"{'lines':>10}{'records':>10}{'rejected':>9}{'seconds':>9}{'CPU s':>8}{'a second':>10}{'peak MiB':>10}")
    for lines in arguments.lines:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            run = measure(arguments.model, Path(folder), lines, arguments.repeated, arguments.different)
        runs.append(run)
        print(
            f"{run.lines_in:10,}{run.lines_out:10,}{run.rejected:9,}{run.seconds:9.0f}{run.cpu_seconds:8.0f}"
            f"{run.lines_per_second:10,.0f}{run.peak_mb:10,}",
            flush=True,
        )
    if arguments.output:
        write_json(arguments.output, {"hardware": hardware(), "runs": [asdict(run) for run in runs]})
    lost = any(run.lines_out + run.rejected != run.lines_in for run in runs)
    missed = any(run.peak_mb > AIM_MB for run in runs)
    print("lines were lost" if lost else "no line was lost", end="; ")
    print(f"aim of {AIM_MB:,} MiB: {'missed' if missed else 'met'}")
    return 1 if lost or missed else 0


def measure(model: Path, folder: Path, lines: int, repeated: int, different: float) -> Run:
    """Make the input in `folder` and classify it."""
    source, target = folder / "lines.jsonl", folder / "classified.jsonl"
    once = 0
    with source.open("w", encoding="utf-8") as stream:
        for text, is_new in sentences(lines, repeated, different):
            once += is_new
            stream.write(json.dumps({"text": text}) + "\n")
    arguments = ["classify", "--model", str(model.resolve()), "--input", str(source), "--output", str(target)]
    told = folder / "told.txt"
    began = time.perf_counter()
    with told.open("w") as stream:
        process = subprocess.Popen([sys.executable, "-c", COMMAND, *arguments], cwd=ROOT, stderr=stream)
        _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        raise SystemExit(told.read_text().strip().splitlines()[-1])
    rejected = folder / "classified.rejected.jsonl"
    return Run(
        lines_in=lines,
        different=once + min(repeated, lines),
        lines_out=count_lines(target),
        rejected=count_lines(rejected) if rejected.exists() else 0,
        seconds=round(took, 1),
        lines_per_second=round(lines / took, 1),
        cpu_seconds=round(usage.ru_utime + usage.ru_stime, 1),
        peak_mb=usage.ru_maxrss // 1024,
        input_mb=source.stat().st_size >> 20,
        output_mb=target.stat().st_size >> 20,
    )


def sentences(lines: int, repeated: int, different: float) -> Iterator[tuple[str, bool]]:
    """Texts in random, fixed order, one at a time, and whether each occurs only here."""
    folder = ROOT / "data" / "annotations" / "v1"
    texts = [json.loads(line)["text"] for name in TEXTS for line in (folder / name).read_text("utf-8").splitlines()]
    known = sorted(set(texts))[:repeated]
    words = sorted({word for text in known for word in text.split()})
    chance = random.Random(0)
    for number in range(lines):
        if chance.random() < different:
            yield f"{' '.join(chance.choices(words, k=20))} {number}.", True
        else:
            yield chance.choice(known), False


def count_lines(path: Path) -> int:
    """Line breaks in a file."""
    with path.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))


if __name__ == "__main__":
    sys.exit(main())
