"""How to get the same numbers again."""

from __future__ import annotations

import shlex

from pipeline.reporting.blocks import Block, Code, Notice, Paragraph, Section
from pipeline.reporting.inputs import ReportInput


def reproduction_section(data: ReportInput) -> Section:
    """The commands, and what must be equal for them to give equal numbers."""
    blocks: list[Block] = [
        Code(commands(data)),
        Paragraph(
            "Equal code, inputs, settings, package versions and thread counts give equal numbers on the same kind of "
            "processor. Elsewhere, floating-point sums may differ in their last digits, and a fine-tuned model with "
            "them. manifest.json beside this report holds the hash of every file that the run read and wrote."
        ),
    ]
    if (data.manifest.get("git") or {}).get("dirty"):
        text = "The code had uncommitted changes when this ran: the commit alone does not give these numbers again."
        blocks.insert(0, Notice("Not reproducible from the commit", text))
    return Section("reproduction", "How to reproduce", tuple(blocks))


def commands(data: ReportInput) -> str:
    """What to type, a command a line."""
    git = data.manifest.get("git") or {}
    lines = [f"git checkout {shlex.quote(git['commit'])}"] if git.get("commit") else []
    return "\n".join([*lines, data.manifest.get("command") or f"stance run experiment={shlex.quote(data.name)}"])
